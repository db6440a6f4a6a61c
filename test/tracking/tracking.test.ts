import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { updateBundle } from '../../src/tracking/bundle/bundle.js';
import { readJournal } from '../../src/tracking/journal.js';
import { syncRuns } from '../../src/tracking/replay/sync.js';
import { createTracking } from '../../src/tracking/tracking.js';
import { sampleEvents, sampleRun, temporaryFolder, writeRunFiles } from './support.js';

const unreachable = 'http://127.0.0.1:9';
const client = { environment: {}, retries: 0 };

async function follow(trackingUri: string | undefined) {
  const project = await temporaryFolder();
  const runsDirectory = join(project, 'my runs');
  const runDirectory = join(runsDirectory, 'history', '20261123T183501Z-3f9a');
  const options = { runsDirectory, runDirectory, trackingUri, client, workingDirectory: project };
  const tracking = createTracking(options);
  const events = await sampleEvents(join(runsDirectory, 'store'));
  return { tracking, events, runsDirectory, runDirectory, journal: join(runDirectory, 'journal.jsonl') };
}

describe('createTracking', () => {
  it('journals as it goes, makes the bundle at the end, and says how to see it', async () => {
    const { tracking, events, runsDirectory, runDirectory, journal } = await follow(undefined);
    for (const event of events.slice(0, 100)) tracking.accept(event);
    const early = await readJournal(journal);
    expect(early[0]).toEqual(events[0]);
    // A run under way is not for others to add.
    expect((await updateBundle(runsDirectory)).added).toEqual([]);
    for (const event of events.slice(100)) tracking.accept(event);
    await writeRunFiles(runDirectory);
    const { hint, problems } = await tracking.close();
    expect(problems).toEqual([]);
    expect(hint).toMatch(
      /^cd 'my runs\/mlflow' && mlflow ui {2}# http:\/\/127\.0\.0\.1:5000\/#\/experiments\/1\/runs\/[0-9a-f]{32}\?/,
    );
    const bytes = await readFile(join(runsDirectory, 'mlflow', 'mlflow.db'));
    expect(bytes.subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  it('keeps the run when the server is down, for a later sync', async () => {
    const { tracking, events, journal } = await follow(unreachable);
    for (const event of events) tracking.accept(event);
    const { hint, problems } = await tracking.close();
    expect(problems).toEqual([
      expect.stringContaining(`the run is not on the MLflow server: no answer from ${unreachable}`),
    ]);
    expect(hint).toBe("wassermill sync --runs 'my runs'");
    expect((await readJournal(journal)).at(-1)).toEqual(events.at(-1));
  });

  it('makes the bundle where the tracking URI is not a server’s, and says so', async () => {
    const { tracking, events } = await follow('sqlite:///mlflow.db');
    for (const event of events) tracking.accept(event);
    const { hint, problems } = await tracking.close();
    expect(problems).toEqual([expect.stringContaining('must be that of a server')]);
    expect(hint).toMatch(/^cd 'my runs\/mlflow' && mlflow ui/);
  });

  it('never throws when its journal cannot be written', async () => {
    const project = await temporaryFolder();
    await writeFile(join(project, 'history'), 'a file where a folder should be');
    const runDirectory = join(project, 'history', 'run');
    const options = {
      runsDirectory: project,
      runDirectory,
      trackingUri: undefined,
      workingDirectory: project,
    };
    const tracking = createTracking(options);
    for (const event of await sampleEvents(join(project, 'store'))) tracking.accept(event);
    const { hint, problems } = await tracking.close();
    expect(hint).toBeUndefined();
    expect(problems).toEqual([expect.stringContaining('the run’s journal cannot be written')]);
  });
});

describe('syncRuns', () => {
  it('stops at a server that does not answer, and says what is left', async () => {
    const runs = await temporaryFolder();
    await sampleRun(runs);
    await sampleRun(runs, { run: '20261123T193501Z-aaaa' });
    await mkdir(join(runs, 'history', '20261124T000000Z-none'));
    const { sent, problems } = await syncRuns(runs, unreachable, client);
    expect(sent).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('no answer from'), '2 later runs not tried']);
  });
});

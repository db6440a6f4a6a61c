import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { syncRuns } from '../../src/tracking/replay/sync.js';
import { readJournal } from '../../src/tracking/journal.js';
import type { ClientOptions } from '../../src/tracking/mlflow/connection.js';
import { afterwards, byName, client, comparable, follow, type Followed, until } from './followed.js';
import { type Asked, type FakeMlflow, fakeMlflow } from './fake-mlflow.js';
import { faults, passing } from './faults.js';
import { sampleEvents, sampleRun, sweepEvents, temporaryFolder, writeRunFiles } from './support.js';

const impatient: ClientOptions = { environment: {}, retries: 0, timeout: 150, uploadTimeout: 150 };
const patient: ClientOptions = { ...impatient, retries: 6, retryDelay: 2 };

/** What a run came to during which its server is in trouble, from the middle to beyond the end. */
async function inTrouble(runs: string, { server, tracking, runDirectory }: Followed, fault: Fault) {
  const events = await sampleEvents(join(runs, 'store'));
  for (const event of events.slice(0, 40)) tracking.accept(event);
  await until(() => (server.state().runs[0]?.metrics.size ?? 0) > 0);
  server.beInTrouble(() => fault);
  for (const event of events.slice(40)) tracking.accept(event);
  await writeRunFiles(runDirectory);
  const outcome = await tracking.close();
  return { events, outcome };
}

type Fault = (typeof faults)[keyof typeof faults];

describe('a run whose server is in trouble', () => {
  it.each(Object.entries(faults))('is whole after a later sync: %s', async (name, fault) => {
    const runs = await temporaryFolder();
    const followed = await follow(runs, impatient);
    const { server, runDirectory } = followed;
    const { events, outcome } = await inTrouble(runs, followed, fault);
    // It is said once, with what to do.
    expect(outcome.problems).toEqual([expect.stringContaining('the run is not on the MLflow server: ')]);
    expect(outcome.hint).toBe('wassermill sync --runs .');
    if (/^\d+/.test(name)) expect(outcome.problems[0]).toContain(`(HTTP ${name.slice(0, 3)})`);
    else if (name !== 'a page with 200')
      expect(outcome.problems[0]).toContain('no answer from http://127.0.0.1');
    // A server's error page is read, not repeated.
    expect(outcome.problems.join('')).not.toContain('<');
    expect(await readJournal(join(runDirectory, 'journal.jsonl'))).toEqual(
      events.filter((event) => event.type !== 'stage_reported' || event.event.type !== 'progress'),
    );

    const during = await syncRuns(runs, server.url, impatient);
    expect(during).toMatchObject({ sent: [], there: [] });
    expect(during.problems).toHaveLength(1);

    server.beInTrouble(() => undefined);
    expect(await syncRuns(runs, server.url, impatient)).toMatchObject({ problems: [], there: [] });
    expect(comparable(server.state())).toEqual(await afterwards(runs, events));
  });

  it('is not offered record by record to a server that wants other credentials', async () => {
    const runs = await temporaryFolder();
    await sampleRun(runs);
    const server = await fakeMlflow();
    let asked = 0;
    server.beInTrouble(({ path }) => (path === 'runs/log-batch' ? (asked++, faults['401']) : undefined));
    const { problems } = await syncRuns(runs, server.url, client);
    expect(problems).toEqual([expect.stringContaining('set MLFLOW_TRACKING_USERNAME and')]);
    expect(asked).toBe(1);
  });

  it.each(passing)('is whole at once where trouble passes: %s', async (name) => {
    const runs = await temporaryFolder();
    const followed = await follow(runs, patient, 60_000);
    const { server, tracking, runDirectory } = followed;
    // Each kind of request finds it at first. What would make a second record is not asked for again where it may be there.
    const asked = new Set<string>();
    const isUnsure = !faults[name].isActedOn && !/^(429|503)/.test(name);
    server.beInTrouble(({ method, path }: Asked) => {
      const kind = method === 'PUT' ? method : path;
      if (asked.has(kind) || (isUnsure && /\/create$|^logged-models$/.test(kind))) return undefined;
      asked.add(kind);
      return faults[name];
    });
    const events = await sampleEvents(join(runs, 'store'), { steps: 20 });
    for (const event of events) tracking.accept(event);
    await writeRunFiles(runDirectory);
    expect(await tracking.close()).toMatchObject({ problems: [] });
    expect(asked.size).toBeGreaterThanOrEqual(6);
    expect(comparable(server.state())).toEqual(await afterwards(runs, events));
  });
});

describe('a record that the server refuses for good', () => {
  const refusal = faults['413'];

  it.each<[string, (asked: Asked) => boolean, string, RegExp]>([
    [
      'a file',
      ({ path }) => path.endsWith('/report.html'),
      'file report.html',
      /PUT artifact .*report\.html \(HTTP 413\)/,
    ],
    [
      'a metric',
      ({ body }) => body.includes('"key":"train/hard"'),
      'metric train/hard',
      /POST runs\/log-batch/,
    ],
    [
      'a param',
      ({ body }) => body.includes('"key":"train.batch_size"'),
      'param train.batch_size',
      /log-batch/,
    ],
    [
      'a tag',
      ({ path, body }) => path === 'runs/log-batch' && body.includes('"key":"mlflow.note.content"'),
      'tag mlflow.note.content',
      /log-batch/,
    ],
    ['a dataset', ({ path }) => path === 'runs/log-inputs', 'dataset ', /log-inputs/],
  ])('is set aside and named, and all else is there: %s', async (_what, isRefused, record, reason) => {
    const runs = await temporaryFolder();
    const { server, tracking, runDirectory } = await follow(runs);
    server.beInTrouble((asked) => (isRefused(asked) ? refusal : undefined));
    const events = await sampleEvents(join(runs, 'store'));
    for (const event of events.slice(0, 80)) tracking.accept(event);
    await until(() => (server.state().runs[0]?.tags.size ?? 0) > 3);
    for (const event of events.slice(80)) tracking.accept(event);
    await writeRunFiles(runDirectory);
    const { problems, hint } = await tracking.close();
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      expect(problem).toContain(`the MLflow server has the run without its ${record}`);
      expect(problem).toMatch(reason);
    }
    expect(hint).toMatch(/^http:.*\/runs\/0\?/);

    const whole = await afterwards(runs, events);
    const lacks = lacking(comparable(server.state()), whole);
    expect(lacks.length).toBeGreaterThan(0);
    expect(lacks.filter((name) => !name.startsWith(record))).toEqual([]);
    expect(server.state().runs[0]?.status).toBe('FINISHED');

    // As long as it is refused, a sync says so; then it comes, and a further sync has nothing to do.
    const again = await syncRuns(runs, server.url, client);
    expect(again.problems).toHaveLength(problems.length);
    expect(again.problems[0]).toContain(`without its ${record}`);
    server.beInTrouble(() => undefined);
    expect(await syncRuns(runs, server.url, client)).toMatchObject({ problems: [], there: [] });
    expect(comparable(server.state())).toEqual(whole);
    expect(await syncRuns(runs, server.url, client)).toMatchObject({ problems: [], sent: [] });
  });

  it('is a file that cannot be read, though it is there', async () => {
    const runs = await temporaryFolder();
    const { directory } = await sampleRun(runs);
    await rm(join(directory, 'report.html'));
    await mkdir(join(directory, 'report.html'));
    const server = await fakeMlflow();
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([
      expect.stringMatching(/without its file report\.html .*: EISDIR: /),
    ]);
    expect(server.state().runs[0]?.status).toBe('FINISHED');
  });

  it('is a model, and other models are there', async () => {
    const runs = await temporaryFolder();
    await sampleRun(runs, { register: { name: 'ring', network: 'generator' } });
    const undisturbed = await fakeMlflow();
    expect((await syncRuns(runs, undisturbed.url, client)).problems).toEqual([]);

    const server = await fakeMlflow();
    server.beInTrouble(({ path }) => (/models\/m-.*\/generator\.bin$/.test(path) ? refusal : undefined));
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([
      expect.stringContaining('without its model train-generator (`wassermill sync` tries again): '),
    ]);
    expect(server.state().runs[0]?.status).toBe('FINISHED');
    expect(server.models.models.map(({ name, status }) => [name, status]).sort()).toEqual([
      ['train-critic', 'LOGGED_MODEL_READY'],
      ['train-generator', expect.not.stringContaining('READY')],
    ]);
    server.beInTrouble(() => undefined);
    expect((await syncRuns(runs, server.url, client)).problems).toEqual([]);
    // The critic's, which was first to be whole, is first among the run's models.
    const sorted = ({ models }: FakeMlflow) =>
      [...models.outputs].map(([run, of]) => [run, [...of].sort(byModel)]);
    expect(sorted(server)).toEqual(sorted(undisturbed));
    expect(server.models.models).toEqual(undisturbed.models.models);
    expect(server.models.versions).toEqual(undisturbed.models.versions);
  });

  it('is named with its part of a sweep, and the parts after it are whole', async () => {
    const runs = await temporaryFolder();
    const { server, tracking, runDirectory } = await follow(runs);
    server.beInTrouble(({ method, path }) =>
      method === 'PUT' && runOf(path) === 2 ? faults['403'] : undefined,
    );
    const events = await sweepEvents(join(runs, 'store'));
    for (const event of events.slice(0, -8)) tracking.accept(event);
    await until(() => server.state().runs.some(({ status }) => status === 'FINISHED'));
    for (const event of events.slice(-8)) tracking.accept(event);
    await writeRunFiles(runDirectory);
    const { problems } = await tracking.close();
    expect(problems).toEqual([
      expect.stringMatching(
        /without its file metrics\.json of arm=.*HTTP 403.*: the account has no permission/,
      ),
    ]);
    expect([...byName(server.state()).values()].map(({ status }) => status)).not.toContain('RUNNING');
    server.beInTrouble(() => undefined);
    await syncRuns(runs, server.url, client);
    expect(comparable(server.state())).toEqual(await afterwards(runs, events));
  });

  it('is counted where there are many', async () => {
    const runs = await temporaryFolder();
    const { server, tracking, runDirectory } = await follow(runs);
    server.beInTrouble(({ method }) => (method === 'PUT' ? refusal : undefined));
    for (const event of await sampleEvents(join(runs, 'store'))) tracking.accept(event);
    await writeRunFiles(runDirectory);
    const { problems } = await tracking.close();
    expect(problems).toHaveLength(4);
    expect(problems[3]).toMatch(/^the MLflow server has the run without \d+ more records$/);
    const mark: unknown = JSON.parse(await readFile(join(runDirectory, 'synced.json'), 'utf8'));
    expect(mark).toMatchObject({
      [server.url]: { refused: expect.arrayContaining(['file report.html']) as unknown },
    });
  });
});

const byModel = (a: { model_id: string }, b: { model_id: string }) => a.model_id.localeCompare(b.model_id);

function runOf(path: string): number {
  return Number(/^mlflow-artifacts\/artifacts\/1\/(\d+)\//.exec(path)?.[1]);
}

type Comparable = ReturnType<typeof comparable>;

/** Records of one that the other has not. */
function lacking(there: Comparable, whole: Comparable): string[] {
  return whole.flatMap((run, index) => {
    const other = there[index];
    const metricKey = (row: string) => (JSON.parse(row) as { key: string }).key;
    const named = (kind: string, all: Iterable<string>, some: Iterable<string> = []) => {
      const held = new Set(some);
      return [...all].filter((name) => !held.has(name)).map((name) => `${kind} ${name}`);
    };
    const keys = (pairs: readonly (readonly string[])[] = []) => pairs.map(([key = '']) => key);
    return [
      ...named('metric', run.metrics.map(metricKey), other?.metrics.map(metricKey)),
      ...named('param', run.params.keys(), other?.params.keys()),
      ...named('tag', keys(run.tags), keys(other?.tags)),
      ...named('dataset', run.inputs, other?.inputs),
      ...named('file', run.artifacts.keys(), other?.artifacts.keys()),
    ];
  });
}

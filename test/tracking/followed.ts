import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { expect } from 'vitest';

import type { RunEvent } from '../../src/execute/events.js';
import type { TrackingSink } from '../../src/tracking/contract.js';
import type { ClientOptions } from '../../src/tracking/mlflow/connection.js';
import { syncRuns } from '../../src/tracking/replay/sync.js';
import { createTracking } from '../../src/tracking/tracking.js';
import { fakeMlflow, type FakeMlflow, type ServedRun } from './fake-mlflow.js';
import { temporaryFolder, writeRun, writeRunFiles } from './support.js';

export const client: ClientOptions = { environment: {}, retries: 0 };

/** A run that a server is told of while it is under way. */
export interface Followed {
  readonly server: FakeMlflow;
  readonly tracking: TrackingSink;
  readonly runDirectory: string;
}

export async function follow(runs: string, options = client, liveEvery = 20): Promise<Followed> {
  const server = await fakeMlflow();
  const runDirectory = join(runs, 'history', '20261123T183501Z-3f9a');
  const tracking = createTracking({
    runsDirectory: runs,
    runDirectory,
    trackingUri: server.url,
    client: options,
    liveEvery,
    workingDirectory: runs,
  });
  return { server, tracking, runDirectory };
}

export async function until(condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (condition()) return;
    await wait(20);
  }
  throw new Error('it never came');
}

export const byName = ({ runs }: { readonly runs: readonly ServedRun[] }) =>
  new Map(runs.filter(({ isDeleted }) => !isDeleted).map((run) => [run.tags.get('mlflow.runName'), run]));

/** Without what depends on the order in which runs were made: the server's number of the parent, and of each run in its files' paths. */
export function comparable({ runs }: { readonly runs: readonly ServedRun[] }) {
  return [...byName({ runs })]
    .map(([name, { tags, ...run }]) => {
      const parent = runs[Number(tags.get('mlflow.parentRunId') ?? Number.NaN)]?.tags.get('mlflow.runName');
      const others = [...tags].filter(([key]) => key !== 'mlflow.parentRunId').sort();
      return { name, parent, ...run, tags: others, metrics: [...run.metrics].sort() };
    })
    .sort((a, b) => String(a.name).localeCompare(String(b.name)));
}

/** What a server has that was told everything afterwards. */
export async function afterwards(runs: string, events: readonly RunEvent[]) {
  const history = await temporaryFolder();
  const { directory } = await writeRun(history, events);
  expect(dirname(dirname(directory))).not.toBe(runs);
  const server = await fakeMlflow();
  expect((await syncRuns(history, server.url, client)).problems).toEqual([]);
  return comparable(server.state());
}

export async function finish({ tracking, runDirectory }: Followed): Promise<void> {
  await writeRunFiles(runDirectory);
  expect(await tracking.close()).toMatchObject({ problems: [] });
}

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import initSqlJs from 'sql.js';

import { required } from '../../src/base/invariant.js';
import { inspect } from '../../src/cache/inspect.js';
import { takeInventory } from '../../src/cache/inventory.js';
import { checkpointOf } from '../../src/cache/layout.js';
import { eventsFile } from '../../src/cache/contract.js';
import { inspectCheckpoint } from '../../src/execute/inspect-checkpoint.js';
import type { RunRecord } from '../../src/execute/record.js';
import { artifactsOf, bundleOf, bundleRunId } from '../../src/tracking/bundle/layout.js';
import { historyOf, readRun, runIdsIn } from '../../src/tracking/history.js';

/** What a stage says of its checkpoints: how it came to its result, and nothing of the result. */
const ofCheckpoints = /^(Resumed at |Without checkpoints |The checkpoint is not whole )/;

/** All of a run that does not depend on when and where it ran, and on what the disk refused meanwhile. */
export function resultsOf({ end, stages }: RunRecord) {
  return {
    outcome: end?.outcome,
    stages: stages.map(({ stage, outcome, metrics, images, notes }) => ({
      stage,
      state: outcome.state,
      digest: outcome.state === 'succeeded' && outcome.artifact.digest,
      files:
        outcome.state === 'succeeded' && outcome.artifact.files.filter(({ path }) => path !== eventsFile),
      metrics: metrics.map(({ step, values }) => ({ step, values })),
      images: images.map(({ step, name, file }) => ({ step, name, file })),
      notes: notes.filter(({ message }) => !ofCheckpoints.test(message)),
    })),
  };
}

export type Results = ReturnType<typeof resultsOf>;

/** What the newest run in a folder of outputs came to. */
export async function latestResults(runs: string): Promise<Results> {
  const id = required((await runIdsIn(runs)).at(-1), `a run in ${runs}`);
  return resultsOf(required(await readRun(join(historyOf(runs), id)), `the journal of ${id}`));
}

/** What is not as it should be in a folder of outputs at any time after a crash; nothing where all is well. */
export async function damageIn(runs: string): Promise<readonly string[]> {
  const problems: string[] = [];
  const store = join(runs, 'store');
  const { keys, checkpoints } = await takeInventory(store);
  for (const key of keys) for (const fault of await inspect(store, key)) problems.push(`${key}: ${fault}`);
  for (const key of checkpoints) {
    const faults = await inspectCheckpoint(checkpointOf(store, key));
    problems.push(...faults.map((fault) => `checkpoint of ${key}: ${fault}`));
  }
  for (const id of await runIdsIn(runs)) {
    await readRun(join(historyOf(runs), id)).catch((error: unknown) =>
      problems.push(`run ${id} cannot be read: ${String(error)}`),
    );
  }
  return problems;
}

/** What is not as it should be after a run that went well, whatever happened to the runs before it. */
export async function unhealedIn(runs: string): Promise<readonly string[]> {
  return [...(await damageIn(runs)), ...(await leftovers(runs)), ...(await bundleProblems(runs))];
}

/** What dead processes have left where living ones work. The folder of a run that died is as it was then. */
async function leftovers(runs: string): Promise<readonly string[]> {
  const found: string[] = [];
  const store = join(runs, 'store');
  for (const folder of ['drafts', 'locks', 'checkpoints']) {
    for (const name of await namesIn(join(store, folder))) found.push(`left in ${folder}: ${name}`);
  }
  for (const path of await readdir(runs, { recursive: true })) {
    if (path.endsWith('.tmp') && !path.startsWith('history/')) found.push(`left: ${path}`);
  }
  if (existsSync(join(bundleOf(runs), 'lock'))) found.push('left: the lock of the bundle');
  return found;
}

/** Each run that has begun is in MLflow's bundle, once, and as its journal tells it; with its folder, and no other. */
async function bundleProblems(runs: string): Promise<readonly string[]> {
  const problems: string[] = [];
  const sql = await initSqlJs();
  const database = new sql.Database(await readFile(join(bundleOf(runs), 'mlflow.db')));
  const check = database.exec('PRAGMA integrity_check')[0]?.values.flat();
  if (check?.join() !== 'ok') problems.push(`the bundle is damaged: ${String(check)}`);
  const rows = database.exec('SELECT run_uuid, status, lifecycle_stage FROM runs')[0]?.values ?? [];
  const stored = new Map(
    rows.map(([id, status, stage]) => [String(id), `${String(status)} ${String(stage)}`]),
  );
  if (stored.size !== rows.length) problems.push('the bundle has a run twice');
  database.close();

  const statuses = {
    succeeded: 'FINISHED',
    failed: 'FAILED',
    refused: 'FINISHED',
    inconclusive: 'FINISHED',
    interrupted: 'KILLED',
  } as const;
  const begun = new Set<string>();
  for (const id of await runIdsIn(runs)) {
    const record = await readRun(join(historyOf(runs), id));
    if (record === undefined) continue;
    begun.add(bundleRunId(id));
    const expected = record.end === undefined ? 'no end' : `${statuses[record.end.outcome]} active`;
    const found = stored.get(bundleRunId(id)) ?? 'missing';
    if (found !== expected) problems.push(`in the bundle run ${id} is ${found} instead of ${expected}`);
  }
  const folders: string[] = [];
  for (const experiment of await namesIn(artifactsOf(bundleOf(runs)))) {
    for (const name of await namesIn(join(artifactsOf(bundleOf(runs)), experiment))) folders.push(name);
  }
  const ids = [...begun].sort().join();
  if ([...stored.keys()].sort().join() !== ids) problems.push('the bundle has other runs than the history');
  if (
    folders
      .map((name) => basename(name))
      .sort()
      .join() !== ids
  )
    problems.push(`the bundle has other folders than runs: ${folders.join()}`);
  return problems;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

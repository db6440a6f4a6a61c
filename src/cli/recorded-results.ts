import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { peekStore } from '../cache/store.js';
import { writeFileAtomic } from '../files/atomic-write.js';
import { errorCode } from '../files/file-errors.js';
import type { RunnablePlan } from '../plan/types.js';
import { historyOf, runIdsIn } from '../tracking/history.js';
import { mlflowPlaces } from '../tracking/whereabouts.js';
import type { IntendedRun } from './intended-run.js';
import { reportIn } from './run-folder.js';

/** A run whose record says all that another run of the same would say. */
export interface RecordedResults {
  readonly run: string;
  /** Absolute path. */
  readonly report: string;
  /** How to see the run in MLflow: addresses and commands. */
  readonly mlflow: readonly string[];
}

/** To be called last of all, for a run that succeeded, its report being written and MLflow told. */
export async function markRecorded(
  runDirectory: string,
  { digest }: Pick<IntendedRun, 'digest'>,
): Promise<void> {
  await writeFileAtomic(markerIn(runDirectory), `${JSON.stringify({ digest })}\n`);
}

/** Runs that are looked at. */
const mostRuns = 200;

/**
 * The newest run that was recorded of the same, where the cache has every stage: to run again would only make a second
 * record of it. Undefined where anything of it is not there any more.
 */
export async function recordedResults(
  { planned, digest }: Pick<IntendedRun, 'planned' | 'digest'>,
  runs: string,
  directory: string,
): Promise<RecordedResults | undefined> {
  const newest = (await runIdsIn(runs)).toReversed().slice(0, mostRuns);
  for (const run of newest) {
    const folder = path.join(historyOf(runs), run);
    if ((await digestIn(folder)) !== digest) continue;
    const report = reportIn(folder);
    const mlflow = await mlflowPlaces(runs, folder, directory);
    const isThere = existsSync(report) && mlflow.length > 0 && (await isCached(planned.plan, runs));
    return isThere ? { run, report, mlflow } : undefined;
  }
  return undefined;
}

async function isCached({ stages }: RunnablePlan, runs: string): Promise<boolean> {
  const store = peekStore(path.join(runs, 'store'));
  for (const { key, policy } of stages) {
    if (policy?.always === true || (await store.lookup(key)).state !== 'hit') return false;
  }
  return true;
}

function markerIn(runDirectory: string): string {
  return path.join(runDirectory, 'recorded.json');
}

/** Undefined for a run that is not recorded, or whose marker cannot be read. */
async function digestIn(runDirectory: string): Promise<unknown> {
  try {
    const marker = JSON.parse(await readFile(markerIn(runDirectory), 'utf8')) as { digest?: unknown } | null;
    return marker?.digest;
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

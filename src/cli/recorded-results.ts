import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { peekStore } from '../cache/store.js';
import { isDiverged } from '../execute/diverged-artifact.js';
import { writeFileAtomic } from '../files/atomic-write.js';
import { errorCode } from '../files/file-errors.js';
import { hindrancesIn } from '../plan/hindrances.js';
import type { RunnablePlan, StageId } from '../plan/types.js';
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
  /** Stages that the cache has: all but those that would read from a training that diverged. */
  readonly cached: number;
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
 * The newest run that was recorded of the same, where the cache has every stage that it can have: to run again would only make a second
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
    const cached = await cachedOf(planned.plan, runs);
    const isThere = existsSync(report) && mlflow.length > 0 && cached !== undefined;
    return isThere ? { run, report, mlflow, cached } : undefined;
  }
  return undefined;
}

/** How many stages the cache has, where it has all that it can have: not what would read from what diverged. */
async function cachedOf({ stages }: RunnablePlan, runs: string): Promise<number | undefined> {
  const store = peekStore(path.join(runs, 'store'));
  const diverged = new Set<StageId>();
  const missing: StageId[] = [];
  for (const stage of stages) {
    if (stage.policy?.always === true) return undefined;
    const found = await store.lookup(stage.key);
    if (found.state !== 'hit') missing.push(stage.id);
    else if (isDiverged(stage, found.artifact)) diverged.add(stage.id);
  }
  // Of a run that succeeded, all gates passed.
  const hindrances = hindrancesIn({ stages }, { diverged, refused: new Set() });
  return missing.every((id) => hindrances.has(id)) ? stages.length - missing.length : undefined;
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

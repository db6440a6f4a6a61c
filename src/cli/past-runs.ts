import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { runEventOf } from '../execute/event-lines.js';
import { errorCode } from '../files/file-errors.js';
import type { PastRun } from '../plan/explain.js';
import { parsePastPlan, pipelineIn, type PastPlan } from '../plan/past-plan.js';
import { PastStages } from '../plan/past-stages.js';
import type { PlannedStage, StageKey } from '../plan/types.js';
import { historyOf, runIdsIn } from '../tracking/history.js';
import { journalPath } from '../tracking/journal.js';

/** Runs of one pipeline whose plans are read, and runs that are looked at to find them. */
const mostPlans = 10;
const mostRuns = 1000;
/** Bytes; what a larger journal tells is not worth the wait. */
const largestJournal = 2 ** 26;

/**
 * Earlier runs of a pipeline, the newest first, until each of the stages has been found in one. Runs whose plan is of an
 * older version, or damaged, are passed over.
 */
export async function pastRuns(
  runs: string,
  pipeline: string,
  stages: readonly PlannedStage[],
): Promise<readonly PastRun[]> {
  const found: PastRun[] = [];
  let missing = stages;
  const newest = (await runIdsIn(runs)).toReversed().slice(0, mostRuns);
  let read = 0;
  for (const run of newest) {
    if (missing.length === 0 || read === mostPlans) break;
    const file = path.join(historyOf(runs), run, 'plan.json');
    if ((await pipelineAt(file)) !== pipeline) continue;
    read += 1;
    const plan = await planAt(file);
    if (!plan) continue;
    const past = { run, stages: new PastStages(plan) };
    found.push(past);
    missing = missing.filter((stage) => !past.stages.same(stage));
  }
  return found;
}

/** The run with the keys of the stages that came to their end in it, as far as its journal can be read. */
export async function withFinished(run: PastRun, runs: string): Promise<PastRun> {
  const finished = await finishedIn(journalPath(path.join(historyOf(runs), run.run)));
  return finished ? { ...run, finished } : run;
}

async function pipelineAt(file: string): Promise<string | undefined> {
  return unlessUnreadable(async () => {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
      return pipelineIn(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await handle.close();
    }
  });
}

async function planAt(file: string): Promise<PastPlan | undefined> {
  return unlessUnreadable(async () => parsePastPlan(await readFile(file, 'utf8')));
}

/** A stage's end that left an artifact. */
const endLine = /^{"type":"stage_(?:succeeded|diverged)"/;

async function finishedIn(journal: string): Promise<ReadonlySet<StageKey> | undefined> {
  return unlessUnreadable(async () => {
    if ((await stat(journal)).size > largestJournal) return undefined;
    const lines = (await readFile(journal, 'utf8')).split('\n');
    const events = lines.filter((line) => endLine.test(line)).map(runEventOf);
    return new Set(events.flatMap((event) => ('artifact' in event ? [event.artifact.key] : [])));
  });
}

/** The past is a help to the reader: where it cannot be read, the plan stands without it. */
async function unlessUnreadable<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

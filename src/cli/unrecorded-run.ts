import type { Cache } from '../cache/contract.js';
import { realDelay } from '../execute/attempts.js';
import type { RunEvent } from '../execute/events.js';
import { recordOf, type RunRecord } from '../execute/record.js';
import { runPlan } from '../execute/scheduler.js';
import type { RunnablePlan } from '../plan/types.js';
import { defaultCheckpointInterval } from './checkpoint-interval.js';
import type { IntendedRun } from './intended-run.js';
import type { StageStarter } from './stage-starter.js';
import type { Surroundings } from './surroundings.js';
import { onUnchangedSources } from './unchanged-sources.js';

export interface UnrecordedRunOptions {
  readonly cache: Cache;
  readonly starter: StageStarter;
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

/**
 * Runs a plan, or a part of one, for what comes out alone: without a place in the history, a report or MLflow.
 * @param plan With every stage that another in it reads or waits for.
 */
export async function runUnrecorded(
  plan: RunnablePlan,
  { sources, specification, provenance }: Pick<IntendedRun, 'sources' | 'specification' | 'provenance'>,
  { cache, starter, jobs, signal, onEvent }: UnrecordedRunOptions,
  { now }: Pick<Surroundings, 'now'>,
): Promise<RunRecord> {
  const events: RunEvent[] = [];
  await runPlan(plan, {
    start: { run: '', desc: undefined, specification, stages: plan.stages, provenance },
    cache,
    startWorker: onUnchangedSources(starter.any, sources),
    emit: (event) => {
      onEvent?.(event);
      if (event.type !== 'stage_reported' || event.event.type !== 'progress') events.push(event);
    },
    now,
    delay: realDelay,
    signal,
    jobs,
    force: false,
    checkpoints: defaultCheckpointInterval,
  });
  return recordOf(events);
}

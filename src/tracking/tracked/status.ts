import type { RunOutcome } from '../../execute/events.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import type { RunStatus } from '../mlflow/types.js';
import type { Cell } from './cells.js';
import type { TrackedRun } from './types.js';

const statuses: Record<RunOutcome, RunStatus> = {
  succeeded: 'FINISHED',
  failed: 'FAILED',
  // It did what it was to do, and tags tell what that came to.
  refused: 'FINISHED',
  inconclusive: 'FINISHED',
  interrupted: 'KILLED',
};

/** Of the whole as the run says, of a part as its stages do. */
export function statusOf({ end }: RunRecord, { parent, whole }: Cell): RunStatus {
  if (parent === undefined) return end === undefined ? 'RUNNING' : statuses[end.outcome];
  const found = new Set(whole.map(statusOfStage));
  if (found.has('RUNNING')) return end === undefined ? 'RUNNING' : 'KILLED';
  return found.has('FAILED') ? 'FAILED' : found.has('KILLED') ? 'KILLED' : 'FINISHED';
}

function statusOfStage({ outcome }: StageRecord): RunStatus {
  switch (outcome.state) {
    case 'pending':
    case 'running':
      return 'RUNNING';
    case 'succeeded':
    case 'diverged':
      return 'FINISHED';
    case 'failed':
      return outcome.failure.reason === 'interrupted' || outcome.failure.reason === 'stopped'
        ? 'KILLED'
        : 'FAILED';
    case 'not_run':
      if (outcome.because === 'interrupted' || 'stopped' in outcome.because) return 'KILLED';
      // A divergence is a result, and so is what a gate says: nothing went wrong.
      return 'diverged' in outcome.because || 'refused' in outcome.because ? 'FINISHED' : 'FAILED';
  }
}

/**
 * From the first stage that was begun to the last of which the outcome is known; of the whole, and of what came from the cache or broke off,
 * as the run's.
 */
export function timesOf(record: RunRecord, cell: Cell): Pick<TrackedRun, 'startTime' | 'endTime'> {
  const { start, end } = record;
  if (cell.parent === undefined) return { startTime: start.time, endTime: end?.time };
  const began = cell.whole.flatMap((stage) => stage.began ?? []);
  const ended = cell.whole.flatMap((stage) => stage.ended ?? []);
  const startTime = began.length > 0 ? Math.min(...began) : start.time;
  if (statusOf(record, cell) === 'RUNNING') return { startTime, endTime: undefined };
  const brokeOff = cell.whole.some((stage) => statusOfStage(stage) === 'RUNNING');
  return { startTime, endTime: brokeOff || ended.length === 0 ? end?.time : Math.max(...ended) };
}

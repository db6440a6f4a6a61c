import { required } from '../../base/invariant.js';
import type { VerdictEvent } from '../../execute/judged.js';
import type { Divergence, StageEvent } from '../../execute/contract.js';
import type { RunEvent, RunOutcome, StageFailure, StageNotRun } from '../../execute/events.js';
import type { StageOutcome, StageRecord } from '../../execute/record.js';
import type { PlannedStage, StageId } from '../../plan/types.js';
import { estimateMetric } from '../../report/key-results.js';
import { type Point, smoothingWindow } from '../../metrics/curves.js';
import { advancePace, startPace, type Pace } from './pace.js';

/** A run as far as its events have told it: what a terminal draws. */
export interface RunProgress {
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly stages: ReadonlyMap<StageId, StageProgress>;
  readonly outcome: RunOutcome | undefined;
}

export interface StageProgress {
  readonly id: StageId;
  readonly kind: PlannedStage['kind'];
  readonly state: StageState;
  readonly work: Work | undefined;
  /** The last value of each metric, in the order in which they first came. */
  readonly latest: Readonly<Record<string, number>>;
  /** The last estimates, for their median. */
  readonly estimates: readonly Point[];
  /** Of a gate or a claim that has told. */
  readonly verdict: VerdictEvent | undefined;
}

export type StageState =
  | { readonly name: 'waiting' }
  | { readonly name: 'running'; readonly since: number }
  | { readonly name: 'done'; readonly seconds: number }
  | { readonly name: 'cached' }
  | { readonly name: 'diverged'; readonly divergence: Divergence; readonly cached: boolean }
  | { readonly name: 'failed'; readonly failure: StageFailure; readonly seconds: number | undefined }
  | { readonly name: 'not_run'; readonly because: StageNotRun['because'] };

export interface Work {
  readonly total: number;
  readonly unit: string;
  readonly pace: Pace;
}

export const nothingYet: RunProgress = { started: 0, stages: new Map(), outcome: undefined };

/** The progress of a stage as a finished record tells it: how long a failed one had worked is not in it. */
export function recordedProgress({ stage, outcome, metrics, verdict }: StageRecord): StageProgress {
  const latest: Record<string, number> = {};
  const estimates: Point[] = [];
  for (const { step, values } of metrics) {
    Object.assign(latest, values);
    const estimate = values[estimateMetric];
    if (estimate !== undefined) estimates.push({ step, value: estimate });
  }
  const told = { latest, estimates: estimates.slice(-smoothingWindow), verdict };
  return { ...waiting(stage), state: stateOf(outcome), ...told };
}

function stateOf(outcome: StageOutcome): StageState {
  switch (outcome.state) {
    case 'pending':
      return { name: 'waiting' };
    case 'running':
      return { name: 'running', since: outcome.since };
    case 'succeeded':
      return outcome.cached ? { name: 'cached' } : { name: 'done', seconds: outcome.artifact.seconds };
    case 'diverged':
      return { name: 'diverged', divergence: outcome.divergence, cached: outcome.cached };
    case 'failed':
      return { name: 'failed', failure: outcome.failure, seconds: undefined };
    case 'not_run':
      return { name: 'not_run', because: outcome.because };
  }
}

/** The progress after one more event. `now` in milliseconds since the epoch: reports carry no time. */
export function advance(progress: RunProgress, event: RunEvent, now: number): RunProgress {
  switch (event.type) {
    case 'run_started':
      return {
        started: event.time,
        stages: new Map(event.stages.map((stage) => [stage.id, waiting(stage)])),
        outcome: undefined,
      };
    case 'stage_started':
      return changed(progress, event.stage, (stage) => ({
        ...stage,
        ...nothingReported,
        state: { name: 'running', since: event.time },
      }));
    case 'stage_waiting':
      return progress;
    case 'stage_reported':
      return changed(progress, event.stage, (stage) => reported(stage, event.event, now));
    case 'stage_succeeded':
      return changed(progress, event.stage, (stage) => ({
        ...stage,
        state: event.cached ? { name: 'cached' } : { name: 'done', seconds: event.artifact.seconds },
      }));
    case 'stage_diverged': {
      const { divergence, cached } = event;
      return changed(progress, event.stage, (stage) => ({
        ...stage,
        state: { name: 'diverged', divergence, cached },
      }));
    }
    case 'stage_failed':
      return changed(progress, event.stage, (stage) => ({
        ...stage,
        state: {
          name: 'failed',
          failure: event.failure,
          seconds: stage.state.name === 'running' ? (event.time - stage.state.since) / 1000 : undefined,
        },
      }));
    case 'stage_not_run':
      return changed(progress, event.stage, (stage) => ({
        ...stage,
        state: { name: 'not_run', because: event.because },
      }));
    case 'stage_retried':
    case 'artifact_damaged':
      return changed(progress, event.stage, (stage) => ({ ...stage, state: { name: 'waiting' } }));
    case 'machine_sampled':
      return progress;
    case 'run_finished':
      return { ...progress, outcome: event.outcome };
  }
}

const nothingReported = { work: undefined, latest: {}, estimates: [], verdict: undefined } as const;

function waiting({ id, kind }: PlannedStage): StageProgress {
  return { id, kind, state: { name: 'waiting' }, ...nothingReported };
}

function changed(
  progress: RunProgress,
  id: StageId,
  change: (stage: StageProgress) => StageProgress,
): RunProgress {
  const stage = change(stageOf(progress, id));
  return { ...progress, stages: new Map(progress.stages).set(id, stage) };
}

export function stageOf(progress: RunProgress, id: StageId): StageProgress {
  return required(progress.stages.get(id), `stage ${id} in the run's plan`);
}

function reported(stage: StageProgress, event: StageEvent, now: number): StageProgress {
  switch (event.type) {
    case 'progress': {
      const { done, total, unit } = event;
      const pace = stage.work?.unit === unit ? advancePace(stage.work.pace, done, now) : startPace(done, now);
      return { ...stage, work: { total, unit, pace } };
    }
    case 'metrics': {
      const latest = { ...stage.latest, ...event.values };
      const estimate = event.values[estimateMetric];
      if (estimate === undefined) return { ...stage, latest };
      const estimates = [...stage.estimates, { step: event.step, value: estimate }].slice(-smoothingWindow);
      return { ...stage, latest, estimates };
    }
    case 'rolled_back':
      return { ...stage, estimates: stage.estimates.filter(({ step }) => step <= event.to) };
    case 'identities':
    case 'image':
    case 'text':
    case 'note':
    case 'comparison':
      return stage;
    case 'verdict':
      return { ...stage, verdict: event };
  }
}

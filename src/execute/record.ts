import { invariant, required } from '../base/invariant.js';
import type { Artifact } from '../cache/contract.js';
import type { PlannedStage, StageId } from '../plan/types.js';
import type { ImageEvent, MetricsEvent, NoteEvent, StageEvent } from './contract.js';
import type { RunEvent, RunOutcome, RunStarted, StageFailure, StageNotRun, StageRetried } from './events.js';

/** A run as its events tell it: what the report shows and MLflow receives. */
export interface RunRecord {
  readonly start: RunStarted;
  /** Undefined while the run is under way, or when it was killed. */
  readonly end: { readonly time: number; readonly outcome: RunOutcome } | undefined;
  /** In the plan's order. */
  readonly stages: readonly StageRecord[];
}

export interface StageRecord {
  readonly stage: PlannedStage;
  readonly outcome: StageOutcome;
  readonly metrics: readonly MetricsEvent[];
  readonly images: readonly ImageEvent[];
  readonly notes: readonly NoteEvent[];
  /** The attempts that failed before the last one, in order. */
  readonly retried: readonly StageRetried[];
}

export type StageOutcome =
  | { readonly state: 'pending' }
  | { readonly state: 'running'; readonly since: number }
  | { readonly state: 'succeeded'; readonly cached: boolean; readonly artifact: Artifact }
  | { readonly state: 'failed'; readonly failure: StageFailure }
  | { readonly state: 'not_run'; readonly because: StageNotRun['because'] };

interface OpenStage {
  stage: PlannedStage;
  outcome: StageOutcome;
  metrics: MetricsEvent[];
  images: ImageEvent[];
  notes: NoteEvent[];
  retried: StageRetried[];
}

/** @throws InternalError when the events are not those of one run, in order. */
export function recordOf(events: Iterable<RunEvent>): RunRecord {
  let start: RunStarted | undefined;
  let end: RunRecord['end'];
  const stages = new Map<StageId, OpenStage>();
  const stageOf = (id: StageId): OpenStage => required(stages.get(id), `stage ${id} in the run's plan`);

  for (const event of events) {
    switch (event.type) {
      case 'run_started':
        invariant(start === undefined, 'a run starts once');
        start = event;
        for (const stage of event.stages) {
          const nothing = { metrics: [], images: [], notes: [], retried: [] };
          stages.set(stage.id, { stage, outcome: { state: 'pending' }, ...nothing });
        }
        break;
      case 'stage_started':
        stageOf(event.stage).outcome = { state: 'running', since: event.time };
        break;
      case 'stage_waiting':
        break;
      case 'stage_reported':
        keep(stageOf(event.stage), event.event);
        break;
      case 'stage_retried':
        stageOf(event.stage).retried.push(event);
        startAnew(stageOf(event.stage));
        break;
      case 'stage_succeeded':
        stageOf(event.stage).outcome = { state: 'succeeded', cached: event.cached, artifact: event.artifact };
        break;
      case 'stage_failed':
        stageOf(event.stage).outcome = { state: 'failed', failure: event.failure };
        break;
      case 'stage_not_run':
        stageOf(event.stage).outcome = { state: 'not_run', because: event.because };
        break;
      case 'artifact_damaged':
        startAnew(stageOf(event.stage));
        break;
      case 'run_finished':
        end = { time: event.time, outcome: event.outcome };
        break;
    }
  }
  return { start: required(start, 'the run_started event'), end, stages: [...stages.values()] };
}

/** What was reported, or replayed, is superseded by what comes: a new attempt, or another process's. */
function startAnew(open: OpenStage): void {
  open.outcome = { state: 'pending' };
  open.metrics = [];
  open.images = [];
  open.notes = [];
}

function keep(open: OpenStage, event: StageEvent): void {
  switch (event.type) {
    case 'progress':
      break;
    case 'metrics':
      open.metrics.push(event);
      break;
    case 'image':
      open.images.push(event);
      break;
    case 'note':
      open.notes.push(event);
      break;
  }
}

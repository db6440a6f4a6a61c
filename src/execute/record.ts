import { formatCount } from '../base/format.js';
import { invariant, required } from '../base/invariant.js';
import type { Artifact } from '../cache/contract.js';
import type { PlannedStage, StageId } from '../plan/types.js';
import type {
  Divergence,
  IdentitiesEvent,
  ImageEvent,
  MetricsEvent,
  NoteEvent,
  StageEvent,
  TextEvent,
} from './contract.js';
import type { ComparisonEvent, VerdictEvent } from './judged.js';
import { upTo } from './superseded.js';
import type {
  MachineSampled,
  RunEvent,
  RunOutcome,
  RunStarted,
  StageFailure,
  StageNotRun,
  StageRetried,
} from './events.js';

/** A run as its events tell it: what the report shows and MLflow receives. */
export interface RunRecord {
  readonly start: RunStarted;
  /** Undefined while the run is under way, or when it was killed. */
  readonly end: { readonly time: number; readonly outcome: RunOutcome } | undefined;
  /** In the plan's order. */
  readonly stages: readonly StageRecord[];
  /** How busy the machine was, in order; empty for short runs, and for those of earlier versions. */
  readonly machine: readonly MachineSampled[];
  /** Whether a result that had been told turned out to be damaged, and was made and told again. */
  readonly isRetold: boolean;
}

export interface StageRecord {
  readonly stage: PlannedStage;
  readonly outcome: StageOutcome;
  /**
   * When work on it began and when its outcome was known in this run, in milliseconds since the epoch. Nothing began where the cache had
   * it.
   */
  readonly began: number | undefined;
  readonly ended: number | undefined;
  /** Without those that a training went back behind: they are in the journal only. */
  readonly metrics: readonly MetricsEvent[];
  /** What the values of an evaluation are of, by metric; empty for other stages, and for evaluations of earlier versions. */
  readonly identities: IdentitiesEvent['identities'];
  readonly images: readonly ImageEvent[];
  readonly texts: readonly TextEvent[];
  readonly notes: readonly NoteEvent[];
  /** Of a gate or a claim. */
  readonly verdict: VerdictEvent | undefined;
  /** Of a `compare` stage. */
  readonly comparison: ComparisonEvent | undefined;
  /** The attempts that failed before the last one, in order. */
  readonly retried: readonly StageRetried[];
}

export type StageOutcome =
  /** `waitsFor`: another process that makes the same, as in `process 1234`. */
  | { readonly state: 'pending'; readonly waitsFor?: string }
  | { readonly state: 'running'; readonly since: number }
  | { readonly state: 'succeeded'; readonly cached: boolean; readonly artifact: Artifact }
  | {
      readonly state: 'diverged';
      readonly cached: boolean;
      readonly artifact: Artifact;
      readonly divergence: Divergence;
    }
  | { readonly state: 'failed'; readonly failure: StageFailure }
  | { readonly state: 'not_run'; readonly because: StageNotRun['because'] };

interface OpenStage {
  stage: PlannedStage;
  outcome: StageOutcome;
  began: number | undefined;
  ended: number | undefined;
  metrics: MetricsEvent[];
  identities: IdentitiesEvent['identities'];
  images: ImageEvent[];
  texts: TextEvent[];
  notes: NoteEvent[];
  verdict: VerdictEvent | undefined;
  comparison: ComparisonEvent | undefined;
  retried: StageRetried[];
}

/** @throws InternalError when the events are not those of one run, in order. */
export function recordOf(events: Iterable<RunEvent>): RunRecord {
  const fold = new RecordFold();
  for (const event of events) fold.add(event);
  return fold.record();
}

/** A record that grows with its run: what it gives is a view, which later events change. */
export class RecordFold {
  private start: RunStarted | undefined;
  private end: RunRecord['end'];
  private readonly stages = new Map<StageId, OpenStage>();
  private readonly machine: MachineSampled[] = [];
  private isRetold = false;

  /** @throws InternalError when the event is not the next one of the run. */
  add(event: RunEvent): void {
    switch (event.type) {
      case 'run_started':
        this.begin(event);
        break;
      case 'stage_started': {
        const stage = this.stage(event.stage);
        stage.outcome = { state: 'running', since: event.time };
        stage.began ??= event.time;
        break;
      }
      case 'stage_waiting':
        this.stage(event.stage).outcome = { state: 'pending', waitsFor: event.owner };
        break;
      case 'stage_reported':
        keep(this.stage(event.stage), event.event);
        break;
      case 'stage_retried':
        this.stage(event.stage).retried.push(event);
        startAnew(this.stage(event.stage));
        break;
      case 'stage_succeeded': {
        const { stage, time, cached, artifact } = event;
        settle(this.stage(stage), time, { state: 'succeeded', cached, artifact });
        break;
      }
      case 'stage_diverged': {
        const { stage, time, cached, artifact, divergence } = event;
        settle(this.stage(stage), time, { state: 'diverged', cached, artifact, divergence });
        break;
      }
      case 'stage_failed':
        settle(this.stage(event.stage), event.time, { state: 'failed', failure: event.failure });
        break;
      case 'stage_not_run':
        settle(this.stage(event.stage), event.time, { state: 'not_run', because: event.because });
        break;
      case 'artifact_damaged': {
        const stage = this.stage(event.stage);
        this.isRetold ||= stage.metrics.length > 0 || artifactOf(stage.outcome) !== undefined;
        startAnew(stage);
        break;
      }
      case 'machine_sampled':
        this.machine.push(event);
        break;
      case 'run_finished':
        this.end = { time: event.time, outcome: event.outcome };
        break;
    }
  }

  record(): RunRecord {
    const start = required(this.start, 'the run_started event');
    const { end, machine, isRetold } = this;
    return { start, end, stages: [...this.stages.values()], machine, isRetold };
  }

  private begin(start: RunStarted): void {
    invariant(this.start === undefined, 'a run starts once');
    this.start = start;
    for (const stage of start.stages) {
      const nothing = { metrics: [], identities: {}, images: [], texts: [], notes: [], retried: [] };
      const unjudged = { verdict: undefined, comparison: undefined };
      const times = { began: undefined, ended: undefined };
      this.stages.set(stage.id, { stage, outcome: { state: 'pending' }, ...times, ...nothing, ...unjudged });
    }
  }

  private stage(id: StageId): OpenStage {
    return required(this.stages.get(id), `stage ${id} in the run's plan`);
  }
}

function settle(open: OpenStage, time: number, outcome: StageOutcome): void {
  open.outcome = outcome;
  open.ended = time;
}

/** What was reported, or replayed, is superseded by what comes: a new attempt, or another process's. */
function startAnew(open: OpenStage): void {
  open.outcome = { state: 'pending' };
  open.ended = undefined;
  open.metrics = [];
  open.identities = {};
  open.images = [];
  open.texts = [];
  open.notes = [];
  open.verdict = undefined;
  open.comparison = undefined;
}

function keep(open: OpenStage, event: StageEvent): void {
  switch (event.type) {
    case 'progress':
      break;
    case 'metrics':
      open.metrics.push(event);
      break;
    case 'identities':
      open.identities = event.identities;
      break;
    case 'image':
      open.images.push(event);
      break;
    case 'text':
      open.texts.push(event);
      break;
    case 'note':
      open.notes.push(event);
      break;
    case 'verdict':
      open.verdict = event;
      break;
    case 'comparison':
      open.comparison = event;
      break;
    case 'rolled_back':
      open.metrics = upTo(open.metrics, event.to);
      open.images = upTo(open.images, event.to);
      open.texts = upTo(open.texts, event.to);
      break;
  }
}

/** What a stage left, whether it ended as it was to or diverged as a result. */
export function artifactOf(outcome: StageOutcome): Artifact | undefined {
  return outcome.state === 'succeeded' || outcome.state === 'diverged' ? outcome.artifact : undefined;
}

/** As in `diverged at generator step 340: the losses are no longer finite`. */
export function divergedWords({ step, message }: Divergence): string {
  return `diverged at generator step ${formatCount(step)}: ${message}`;
}

/** Why a stage was not run, to follow "not run: ", as in `train failed`. */
export function whyNotRun(because: StageNotRun['because']): string {
  if (because === 'interrupted') return because;
  if ('diverged' in because) return `${because.diverged} diverged`;
  if ('refused' in because) return `${because.refused} did not pass`;
  return 'failed' in because ? `${because.failed} failed` : `stopped, because ${because.stopped} failed`;
}

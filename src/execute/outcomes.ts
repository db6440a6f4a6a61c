import type { Artifact } from '../cache/contract.js';
import { describeProcess, isThisProcess, type ProcessIdentity } from '../files/process-identity.js';
import type { RunnableStage, StageId } from '../plan/types.js';
import type { Divergence } from './contract.js';
import type { RunEvent, RunOutcome, StageFailure, StageNotRun } from './events.js';
import type { Found } from './stage-work.js';

/** How a stage ended. */
export type Settled = Succeeded | Diverged | Blocked;

export interface Succeeded {
  readonly state: 'succeeded';
  readonly artifact: Artifact;
  /** Made in this run: its content needs no check. */
  readonly fresh: boolean;
}

/** A training's end that is a result, and nothing to read from: for what only waits for it, a success. */
export interface Diverged {
  readonly state: 'diverged';
  readonly stage: StageId;
}

export interface Blocked {
  readonly state: 'blocked';
  /** Why a dependant does not run: what is at the root of it. */
  readonly because: StageNotRun['because'];
}

interface Telling {
  readonly emit: (event: RunEvent) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What has become of a run's stages so far; tells of each as it happens. */
export class Outcomes {
  private readonly telling: Telling;
  private readonly onFailed: (stage: StageId) => void;
  private readonly latest = new Map<StageId, Settled>();
  private readonly toldToWait = new Set<StageId>();

  /** @param onFailed Told of the stages that failed by themselves, and not because the run is to stop. */
  constructor(telling: Telling, onFailed: (stage: StageId) => void) {
    this.telling = telling;
    this.onFailed = onFailed;
  }

  /** The run's, when all of its stages have ended. */
  ofRun(): RunOutcome {
    const causes = [...this.latest.values()].flatMap((end) => (end.state === 'blocked' ? [end.because] : []));
    if (causes.includes('interrupted')) return 'interrupted';
    return causes.some((cause) => !isResult(cause)) ? 'failed' : 'succeeded';
  }

  reuse(stage: RunnableStage, { artifact, divergence, events }: Found): Settled {
    for (const event of events) this.telling.emit({ type: 'stage_reported', stage: stage.id, event });
    return this.end(stage, artifact, divergence, true);
  }

  /** @param divergence That the stage ended with, as a result. */
  end(
    { id }: RunnableStage,
    artifact: Artifact,
    divergence: Divergence | undefined,
    cached: boolean,
  ): Settled {
    const { emit, now } = this.telling;
    if (divergence !== undefined) {
      emit({ type: 'stage_diverged', time: now(), stage: id, cached, artifact, divergence });
      return this.settle(id, { state: 'diverged', stage: id });
    }
    emit({ type: 'stage_succeeded', time: now(), stage: id, cached, artifact });
    return this.settle(id, { state: 'succeeded', artifact, fresh: !cached });
  }

  fail(stage: RunnableStage, failure: StageFailure): Settled {
    const { emit, now } = this.telling;
    emit({ type: 'stage_failed', time: now(), stage: stage.id, failure });
    const because = causeOf(stage, failure);
    if (because !== 'interrupted' && 'failed' in because) this.onFailed(stage.id);
    return this.settle(stage.id, { state: 'blocked', because });
  }

  skip({ id }: RunnableStage, because: StageNotRun['because']): Settled {
    const { emit, now } = this.telling;
    emit({ type: 'stage_not_run', time: now(), stage: id, because });
    return this.settle(id, { state: 'blocked', because });
  }

  tellRetry({ id }: RunnableStage, attempt: number, failure: StageFailure, pause: number): void {
    const { emit, now } = this.telling;
    emit({ type: 'stage_retried', time: now(), stage: id, attempt, failure, delay: pause });
  }

  tellDamage({ id }: RunnableStage, reason: string): void {
    const { emit, now } = this.telling;
    emit({ type: 'artifact_damaged', time: now(), stage: id, reason });
  }

  /** Once a stage, and not where this process itself makes the same for another stage. */
  tellWait({ id }: RunnableStage, owner: ProcessIdentity): void {
    if (isThisProcess(owner) || this.toldToWait.has(id)) return;
    this.toldToWait.add(id);
    const { emit, now } = this.telling;
    emit({ type: 'stage_waiting', time: now(), stage: id, owner: describeProcess(owner) });
  }

  private settle(stage: StageId, settled: Settled): Settled {
    this.latest.set(stage, settled);
    return settled;
  }
}

/** What dependants of a failed stage are told. */
function causeOf(stage: RunnableStage, failure: StageFailure): StageNotRun['because'] {
  if (failure.reason === 'interrupted') return failure.reason;
  return failure.reason === 'stopped' ? { stopped: failure.failed } : { failed: stage.id };
}

/** Whether a stage was not run for a reason that is a result of the run. */
function isResult(cause: StageNotRun['because']): boolean {
  return cause !== 'interrupted' && 'diverged' in cause;
}

/**
 * Why a stage does not run; undefined where it does. That something diverged, which is a result, keeps only those from
 * running that read from it.
 */
export function obstacleIn(
  read: readonly Settled[],
  awaited: readonly Settled[],
): StageNotRun['because'] | undefined {
  const causes = (ends: readonly Settled[]) =>
    ends.flatMap((end) => (end.state === 'blocked' ? [end.because] : []));
  const blocking = [...causes(read), ...causes(awaited).filter((cause) => !isResult(cause))];
  const diverged = read.find((end) => end.state === 'diverged');
  return blocking[0] ?? (diverged && { diverged: diverged.stage });
}

export function isSucceeded(settled: Settled): settled is Succeeded {
  return settled.state === 'succeeded';
}

import type { Artifact } from '../cache/contract.js';
import { describeProcess, isThisProcess, type ProcessIdentity } from '../files/process-identity.js';
import { collects } from '../plan/collects.js';
import type { RunnableStage, StageId } from '../plan/types.js';
import type { InputFound, StageEvent } from './contract.js';
import type { RunEvent, RunOutcome, StageFailure, StageNotRun } from './events.js';
import { worstOf, type Verdict } from './judged.js';
import { whyNotRun } from './record.js';
import type { Found } from './stage-work.js';

/** How a stage ended. */
export type Settled = Succeeded | Diverged | Blocked;

export interface Succeeded {
  readonly state: 'succeeded';
  readonly artifact: Artifact;
  /** Made in this run: its content needs no check. */
  readonly fresh: boolean;
  /** Of a gate: what waits for it runs only where it passed. */
  readonly gate?: { readonly stage: StageId; readonly verdict: Verdict };
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
    if (causes.some((cause) => !isResult(cause))) return 'failed';
    const gates = [...this.latest.values()].flatMap((end) =>
      end.state === 'succeeded' && end.gate ? [end.gate.verdict] : [],
    );
    return outcomeOf[worstOf(gates)];
  }

  reuse(stage: RunnableStage, found: Found): Settled {
    for (const event of found.events) this.telling.emit({ type: 'stage_reported', stage: stage.id, event });
    return this.end(stage, found, true);
  }

  end(
    { id, kind }: RunnableStage,
    { artifact, divergence, events }: Omit<Found, 'state'>,
    cached: boolean,
  ): Settled {
    const { emit, now } = this.telling;
    if (divergence !== undefined) {
      emit({ type: 'stage_diverged', time: now(), stage: id, cached, artifact, divergence });
      return this.settle(id, { state: 'diverged', stage: id });
    }
    emit({ type: 'stage_succeeded', time: now(), stage: id, cached, artifact });
    const gate = kind === 'gate' ? { stage: id, verdict: gateVerdict(events) } : undefined;
    return this.settle(id, { state: 'succeeded', artifact, fresh: !cached, ...(gate && { gate }) });
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
  return cause !== 'interrupted' && ('diverged' in cause || 'refused' in cause);
}

const outcomeOf = { pass: 'succeeded', fail: 'refused', inconclusive: 'inconclusive' } as const;

/**
 * Why a stage does not run; undefined where it does. That something diverged, which is a result, keeps only those from
 * running that read from it, and of these not the ones that collect: what is lacking is part of what they tell. That a gate did not
 * pass keeps what waits for it from running.
 */
export function obstacleIn(
  { kind }: RunnableStage,
  read: readonly Settled[],
  awaited: readonly Settled[],
): StageNotRun['because'] | undefined {
  const causes = (ends: readonly Settled[]) =>
    ends.flatMap((end) => (end.state === 'blocked' ? [end.because] : []));
  const isLack = (cause: StageNotRun['because']) => cause !== 'interrupted' && 'diverged' in cause;
  const needed = collects(kind) ? causes(read).filter((cause) => !isLack(cause)) : causes(read);
  const blocking = [...needed, ...causes(awaited).filter((cause) => !isLack(cause))];
  const diverged = collects(kind) ? undefined : read.find((end) => end.state === 'diverged');
  const shut = awaited.find((end) => end.state === 'succeeded' && end.gate && end.gate.verdict !== 'pass');
  return (
    blocking[0] ??
    (diverged?.state === 'diverged' ? { diverged: diverged.stage } : undefined) ??
    (shut?.state === 'succeeded' && shut.gate ? { refused: shut.gate.stage } : undefined)
  );
}

/** What a gate told that it came to. One that told nothing let nothing pass. */
export function gateVerdict(events: readonly StageEvent[]): Verdict {
  return events.findLast((event) => event.type === 'verdict')?.verdict ?? 'inconclusive';
}

/** What there is of a stage that another one reads. */
export function foundOf(settled: Settled): InputFound {
  switch (settled.state) {
    case 'succeeded':
      return { directory: settled.artifact.directory };
    case 'diverged':
      return { lacks: `${settled.stage} diverged` };
    case 'blocked':
      return { lacks: whyNotRun(settled.because) };
  }
}

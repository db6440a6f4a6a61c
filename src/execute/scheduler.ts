import pLimit from 'p-limit';

import { required } from '../base/invariant.js';
import type { Artifact, Cache } from '../cache/contract.js';
import { systemProblem } from '../files/system-problem.js';
import { alwaysRunning } from '../plan/always.js';
import { twinsIn } from '../plan/twins.js';
import type { RunnablePlan, RunnableStage, StageId, StageKey } from '../plan/types.js';
import { mayPass, pauseAfter, withinTime, type Delay } from './attempts.js';
import type { CheckpointInterval, InputFound, StageEvent } from './contract.js';
import { divergenceIn } from './diverged-artifact.js';
import type { RunEvent, RunOutcome, RunStarted, StageFailure } from './events.js';
import { RunLimits, type FailureMode } from './failure-mode.js';
import { foundOf, obstacleIn, Outcomes, type Settled } from './outcomes.js';
import { EventRecorder } from './recorded-events.js';
import { excessOf, excessProblem, Resources, type Capacity, type Machine } from './resources.js';
import { differenceNote, findArtifact, jobOf } from './stage-work.js';
import type { StartWorker } from './worker-pool.js';

export interface RunOptions {
  /** What the first event says; its stages are the plan's, as they are to be shown. */
  readonly start: Omit<RunStarted, 'type' | 'time' | 'pipeline'>;
  readonly cache: Cache;
  readonly startWorker: StartWorker;
  /** Told of everything that happens, in order: `run_started` first, `run_finished` last. */
  readonly emit: (event: RunEvent) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly delay: Delay;
  /** Aborted when the run is to stop: running stages are stopped, the rest is not run. */
  readonly signal: AbortSignal;
  /** How many workers there may be at once, at least 1. */
  readonly jobs: number;
  /** What stages share beside jobs: no GPUs and memory without limit unless given. */
  readonly machine?: Machine;
  /** What becomes of the rest when a stage has failed: `continue` unless given. */
  readonly onFailure?: FailureMode;
  /** Runs every stage although the cache has it; what is there is replaced only by what succeeded. */
  readonly force: boolean;
  /** How often long stages put away how far they have come. */
  readonly checkpoints: CheckpointInterval;
}

/**
 * Runs what the cache has not, each stage as soon as what it reads and waits for has succeeded. A stage that
 * fails keeps its dependants from running, and others as `onFailure` says.
 */
export async function runPlan(plan: RunnablePlan, options: RunOptions): Promise<RunOutcome> {
  const { start, emit, now } = options;
  emit({ type: 'run_started', time: now(), ...start, pipeline: plan.pipeline });
  const outcome = await new Schedule(plan, options).run();
  emit({ type: 'run_finished', time: now(), outcome });
  return outcome;
}

/** An attempt failed; whether it was the last is to be decided. */
interface Failed {
  readonly state: 'failed';
  readonly failure: StageFailure;
}

/** Why a stage is produced, from what, and with what. */
interface Basis {
  readonly cause: Cause;
  /** What there is of its inputs, in their order. */
  readonly inputs: readonly InputFound[];
  /** Its artifact that turned out to be damaged. */
  readonly previous: Artifact | undefined;
  /** That it has to itself. */
  readonly gpus: readonly string[];
}

/** Why a stage runs; `damaged` and `again` distrust, and replace, what the store has. */
type Cause = 'missing' | 'damaged' | 'again';

/** What came of the wish to produce a stage: its end, or why another attempt is to be made. */
type Attempt = Settled | 'taken' | { readonly state: 'retry'; readonly pause: number };

/** Artifacts looked at concurrently: enough to keep a disk busy, few enough for the limit on open files. */
const concurrentLookups = 8;

class Schedule {
  private readonly plan: RunnablePlan;
  private readonly options: RunOptions;
  private readonly stages: ReadonlyMap<StageId, RunnableStage>;
  private readonly settled = new Map<StageId, Promise<Settled>>();
  /** Stages whose artifacts were checked, or made again, for a stage that reads them. */
  private readonly checked = new Map<StageId, Promise<Settled>>();
  private readonly always: ReadonlySet<StageId>;
  private readonly twins: ReadonlyMap<StageId, StageId>;
  private readonly madeKeys = new Set<StageKey>();
  private readonly begunKeys = new Set<StageKey>();
  private readonly lookups = pLimit(concurrentLookups);
  private readonly capacity: Capacity;
  private readonly resources: Resources;
  private readonly limits: RunLimits;
  private readonly outcomes: Outcomes;

  constructor(plan: RunnablePlan, options: RunOptions) {
    this.plan = plan;
    this.options = options;
    this.stages = new Map(plan.stages.map((stage) => [stage.id, stage]));
    this.always = alwaysRunning(plan);
    this.twins = twinsIn(plan);
    const { jobs, machine = { gpus: [], memory: Number.POSITIVE_INFINITY } } = options;
    this.capacity = { jobs, ...machine };
    this.resources = new Resources(this.capacity);
    this.limits = new RunLimits(options.onFailure ?? 'continue', options.signal);
    this.outcomes = new Outcomes(options, (failed) => this.limits.noteFailure(failed));
  }

  async run(): Promise<RunOutcome> {
    // In the plan's order, in which a stage comes after all that it waits for.
    for (const stage of this.plan.stages) {
      this.settled.set(
        stage.id,
        this.guarded(stage, () => this.settle(stage)),
      );
    }
    await Promise.all(this.settled.values());
    return this.outcomes.ofRun();
  }

  private async settle(stage: RunnableStage): Promise<Settled> {
    const read = await Promise.all(stage.inputs.map((input) => this.settledOf(input.stage)));
    const after = await Promise.all(stage.after.map((id) => this.settledOf(id)));
    const obstacle = obstacleIn(stage, read, after);
    if (obstacle !== undefined) return this.outcomes.skip(stage, obstacle);
    // However that one ends: which of the two makes the result is decided by the plan, and not by chance.
    const twin = this.twins.get(stage.id);
    if (twin !== undefined) await this.settledOf(twin);
    if (this.options.signal.aborted) return this.outcomes.skip(stage, 'interrupted');
    if (this.options.force || this.always.has(stage.id)) return this.produce(stage, 'again');

    const found = await this.lookups(() => findArtifact(this.options.cache, stage, 'quick'));
    if (found.state === 'found') return this.outcomes.reuse(stage, found);
    if (found.state === 'damaged') this.outcomes.tellDamage(stage, found.reason);
    return this.produce(stage, found.state);
  }

  /** The stage's outcome, its artifact's content compared with the digests, and made again if it differs. */
  private whole(id: StageId): Promise<Settled> {
    const known = this.checked.get(id);
    if (known !== undefined) return known;
    const stage = required(this.stages.get(id), `stage ${id}`);
    const checked = this.guarded(stage, () => this.check(stage));
    this.checked.set(id, checked);
    return checked;
  }

  private async check(stage: RunnableStage): Promise<Settled> {
    const settled = await this.settledOf(stage.id);
    if (settled.state !== 'succeeded' || settled.fresh) return settled;
    const found = await this.lookups(() => this.options.cache.verify(settled.artifact));
    if (found.state === 'hit') return settled;
    this.outcomes.tellDamage(stage, found.state === 'damaged' ? found.reason : 'it is gone');
    return this.produce(stage, 'damaged', settled.artifact);
  }

  private async produce(stage: RunnableStage, cause: Cause, previous?: Artifact): Promise<Settled> {
    const { cache, delay } = this.options;
    const { starting } = this.limits;
    const inputs = await Promise.all(stage.inputs.map((input) => this.whole(input.stage)));
    const obstacle = obstacleIn(stage, inputs, []);
    if (obstacle !== undefined) return this.outcomes.skip(stage, obstacle);
    const excess = excessOf(stage.policy, this.capacity);
    if (excess !== undefined)
      return this.outcomes.fail(stage, { reason: 'problem', ...excessProblem(excess) });
    const found = inputs.map(foundOf);

    for (let count = 1; ;) {
      const attempt = await this.resources.hold(stage.policy, (gpus) =>
        this.attempt(stage, count, { cause, inputs: found, previous, gpus }),
      );
      // Holding nothing: others may work while this one waits.
      if (attempt === 'taken') await this.unlessStopped(cache.whenFree(stage.key, starting));
      else if (attempt.state !== 'retry') return attempt;
      else {
        await this.unlessStopped(delay(attempt.pause, starting));
        count += 1;
      }
    }
  }

  private async unlessStopped(wait: Promise<void>): Promise<void> {
    await wait.catch((error: unknown) => {
      if (!this.limits.starting.aborted) throw error;
    });
  }

  private async attempt(
    stage: RunnableStage,
    count: number,
    { cause, inputs, previous, gpus }: Basis,
  ): Promise<Attempt> {
    const { cache } = this.options;
    const { refusal } = this.limits;
    if (refusal !== undefined) return this.outcomes.skip(stage, refusal);
    const reservation = await cache.reserve(stage.key);
    if (reservation.state === 'taken') {
      this.outcomes.tellWait(stage, reservation.owner);
      return 'taken';
    }
    try {
      // Another process may have made it, or mended it, since this one looked.
      const found = await findArtifact(cache, stage, cause === 'missing' ? 'quick' : 'thorough');
      const again = cause === 'again' && !this.madeKeys.has(stage.key);
      if (found.state === 'found' && !again) return this.outcomes.reuse(stage, found);
      if (found.state === 'damaged' && cause === 'missing') this.outcomes.tellDamage(stage, found.reason);
      const earlier = found.state === 'found' ? found.artifact : previous;
      const existing = found.state === 'missing' ? 'keep' : 'replace';
      if (this.options.force && !this.begunKeys.has(stage.key)) await cache.removeCheckpoint(stage.key);
      this.begunKeys.add(stage.key);
      const settled = await this.work(stage, { inputs, gpus }, existing, earlier);
      return settled.state === 'failed' ? this.afterFailure(stage, count, settled.failure) : settled;
    } finally {
      await reservation.release();
    }
  }

  /** Runs the stage in a worker, the right to do so being held. */
  private async work(
    stage: RunnableStage,
    { inputs, gpus }: Pick<Basis, 'inputs' | 'gpus'>,
    existing: 'keep' | 'replace',
    earlier: Artifact | undefined,
  ): Promise<Settled | Failed> {
    const { cache, startWorker, emit, now, delay } = this.options;
    const began = now();
    emit({ type: 'stage_started', time: began, stage: stage.id });
    const draft = await cache.begin(stage.key);
    try {
      const recorder = new EventRecorder();
      const verdicts: StageEvent[] = [];
      const onEvent = (event: StageEvent) => {
        recorder.add(event);
        if (event.type === 'verdict') verdicts.push(event);
        emit({ type: 'stage_reported', stage: stage.id, event });
      };
      const checkpoint = { folder: cache.checkpointOf(stage.key), interval: this.options.checkpoints };
      const job = jobOf(stage, inputs, { output: draft.directory, checkpoint }, this.plan);
      const limit = { signal: this.limits.working, delay };
      const result = await withinTime(stage.policy?.timeout, limit, (signal) =>
        startWorker(job, { onEvent, signal, ...(gpus.length > 0 && { gpus }) }),
      );
      if (!result.ok) {
        await draft.discard();
        return { state: 'failed', failure: result.error };
      }
      await recorder.writeTo(draft.directory);
      // The clock may have been set back meanwhile.
      const artifact = await draft.commit(Math.max(0, now() - began) / 1000, existing);
      await cache.removeCheckpoint(stage.key);
      this.madeKeys.add(stage.key);
      const note = differenceNote(earlier, artifact);
      if (note !== undefined) emit({ type: 'stage_reported', stage: stage.id, event: note });
      const divergence = await divergenceIn(stage, artifact);
      if (!divergence.ok) throw new Error(divergence.error);
      const ending = { artifact, divergence: divergence.value, events: verdicts };
      return this.outcomes.end(stage, ending, false);
    } catch (error) {
      await draft.discard();
      throw error;
    }
  }

  private afterFailure(stage: RunnableStage, attempt: number, failure: StageFailure): Attempt {
    const isLast = attempt > (stage.policy?.retries ?? 0);
    if (isLast || !mayPass(failure) || this.limits.starting.aborted)
      return this.outcomes.fail(stage, failure);
    const pause = pauseAfter(attempt);
    this.outcomes.tellRetry(stage, attempt, failure, pause);
    return { state: 'retry', pause };
  }

  /** A full disk, a store that cannot be read: the stage fails, and the rest goes on. */
  private async guarded(stage: RunnableStage, work: () => Promise<Settled>): Promise<Settled> {
    try {
      return await work();
    } catch (error) {
      const refused = systemProblem(error);
      if (refused !== undefined) return this.outcomes.fail(stage, { reason: 'system', ...refused });
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return this.outcomes.fail(stage, { reason: 'crashed', message, lastLines: [] });
    }
  }

  private settledOf(id: StageId): Promise<Settled> {
    return required(this.settled.get(id), `stage ${id} ahead of those that wait for it`);
  }
}

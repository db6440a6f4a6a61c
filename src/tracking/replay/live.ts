import { setTimeout as wait } from 'node:timers/promises';

import type { RunEvent } from '../../execute/events.js';
import { RecordFold, type RunRecord, type StageRecord } from '../../execute/record.js';
import type { StageId } from '../../plan/types.js';
import { ApiError, ConnectionError } from '../mlflow/api-error.js';
import type { Mlflow } from '../mlflow/mlflow.js';
import { isTransient } from '../mlflow/retry.js';
import type { Cell } from '../tracked/cells.js';
import { experimentHeadOf, TrackedCells } from '../tracked/experiment.js';
import { statusOf } from '../tracked/status.js';
import { nothingReplayed, Replay } from './replay.js';
import type { Sent } from './sync.js';

/** Milliseconds between two attempts at a server that does not answer, at most. */
const longestPause = 60_000;

/**
 * Sends a run to a server while it is under way. Nothing waits for that: what could not be sent is sent the next time, and in the end.
 *
 * What might have to be taken back is not sent before it is certain, since MLflow takes nothing back: the curves of a stage that is
 * tried again when it fails, and of a training that goes back when it diverges, come when the stage has ended.
 */
export class LiveReplay {
  readonly #fold = new RecordFold();
  readonly #there = nothingReplayed();
  readonly #replay: Replay;
  readonly #directory: string;
  readonly #every: number;
  readonly #stop = new AbortController();
  #tracked: TrackedCells | undefined;
  /** What the server has confirmed: metric events of each stage, and samples of the machine. */
  readonly #told = new Map<StageId, number>();
  #toldSamples = 0;
  #sending: Promise<void> | undefined;
  #isReachable = true;

  /**
   * @param mlflow is not to try again by itself: that is done here.
   * @param directory the run's own folder, absolute
   * @param every milliseconds from one sending to the next
   */
  constructor(mlflow: Mlflow, directory: string, every: number) {
    this.#replay = new Replay(mlflow, this.#there);
    this.#directory = directory;
    this.#every = every;
  }

  /** An event that the journal has. */
  accept(event: RunEvent): void {
    this.#fold.add(event);
    this.#sending ??= this.#sendAgainAndAgain();
  }

  /**
   * Ends it.
   * @returns what the server has, which need not be sent again; and whether it answered when it was last asked.
   */
  async close(): Promise<Sent & { readonly isReachable: boolean }> {
    this.#stop.abort();
    await this.#sending;
    const told = { events: this.#told, samples: this.#toldSamples };
    return { there: this.#there, told, isReachable: this.#isReachable };
  }

  async #sendAgainAndAgain(): Promise<void> {
    const { signal } = this.#stop;
    let pause = this.#every;
    for (;;) {
      // Without a reference: a run is over when its stages are.
      await wait(pause, undefined, { signal, ref: false }).catch(() => undefined);
      // What was told and was wrong is put aside in the end, with all else.
      if (signal.aborted || this.#fold.record().isRetold) return;
      try {
        await this.#send(signal);
        pause = this.#every;
        this.#isReachable = true;
      } catch (error) {
        this.#isReachable = !(error instanceof ConnectionError);
        if (!mayWorkLater(error)) return;
        pause = Math.min(2 * pause, longestPause);
      }
    }
  }

  /** @throws what the server said of a cell, once all others have been sent; that it does not answer, at once. */
  async #send(signal: AbortSignal): Promise<void> {
    const problems: ApiError[] = [];
    const tracked = (this.#tracked ??= new TrackedCells(this.#fold.record(), this.#directory));
    for (const cell of tracked.cells) {
      if (signal.aborted) return;
      const record = this.#fold.record();
      const isBelowNothing = cell.parent !== undefined && this.#replay.knows(cell.parent.id) === 'absent';
      if (this.#replay.knows(cell.id) === 'whole' || isBelowNothing || !hasBegun(record, cell)) continue;
      try {
        await this.#sendCell(tracked, cell, record);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        problems.push(error);
      }
    }
    const [first] = problems;
    if (first !== undefined) throw first;
  }

  async #sendCell(tracked: TrackedCells, cell: Cell, record: RunRecord): Promise<void> {
    // Counted before anything is awaited: meanwhile more will come.
    const certain = cell.stages
      .filter(isCertain)
      .map(({ stage, metrics }) => [stage.id, metrics.length] as const);
    const samples = record.machine.length;
    const heldBack = cell.stages.filter((stage) => !isCertain(stage));
    const run = tracked.runOf(cell, record, {
      events: new Map([...this.#told, ...heldBack.map(({ stage }) => [stage.id, Infinity] as const)]),
      samples: this.#toldSamples,
    });
    await this.#replay.advance(experimentHeadOf(record), run);
    for (const [stage, count] of certain) this.#told.set(stage, count);
    if (cell.parent === undefined) this.#toldSamples = samples;
  }
}

/** Before that it is unknown when it begins, which cannot be changed on a server. */
function hasBegun(record: RunRecord, cell: Cell): boolean {
  return (
    cell.parent === undefined ||
    cell.whole.some(({ began }) => began !== undefined) ||
    statusOf(record, cell) !== 'RUNNING'
  );
}

/** Whether what a stage has told so far stays true. */
function isCertain({ stage, outcome }: StageRecord): boolean {
  if (outcome.state !== 'running' && outcome.state !== 'pending') return true;
  const goesBack = stage.kind === 'train' && stage.fields.on_divergence?.action === 'rollback';
  return !goesBack && (stage.policy?.retries ?? 0) === 0;
}

function mayWorkLater(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  return error instanceof ApiError && isTransient(error.statusCode);
}

import { setTimeout as wait } from 'node:timers/promises';

import type { RunEvent } from '../../execute/events.js';
import { RecordFold, type RunRecord, type StageRecord } from '../../execute/record.js';
import type { StageId } from '../../plan/types.js';
import { ApiError, ConnectionError } from '../mlflow/api-error.js';
import type { Mlflow } from '../mlflow/mlflow.js';
import { isTransient } from '../mlflow/retry.js';
import { type Cell, cellsOf } from '../tracked/cells.js';
import { trackedExperimentOf } from '../tracked/experiment.js';
import { statusOf } from '../tracked/status.js';
import { nothingTold } from '../tracked/types.js';
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
  /** What the server has confirmed. */
  #told = nothingTold;
  /** Stages of which it may have some, confirmed or not. */
  readonly #mayBeThere = new Set<StageId>();
  readonly #replay: Replay;
  readonly #directory: string;
  readonly #every: number;
  readonly #stop = new AbortController();
  #sending: Promise<void> | undefined;
  #isSpoilt = false;

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
    if (event.type === 'artifact_damaged' && this.#mayBeThere.has(event.stage)) this.#isSpoilt = true;
    this.#sending ??= this.#sendAgainAndAgain();
  }

  /**
   * Ends it.
   * @returns what the server has, which need not be sent again.
   * @throws ApiError, ConnectionError where the server has what turned out to be wrong, and it could not be put aside
   */
  async close(): Promise<Sent> {
    this.#stop.abort();
    await this.#sending;
    if (this.#isSpoilt) {
      await this.#replay.supersede();
      this.#told = nothingTold;
    }
    return { there: this.#there, told: this.#told };
  }

  async #sendAgainAndAgain(): Promise<void> {
    const { signal } = this.#stop;
    let pause = this.#every;
    while (!this.#isSpoilt) {
      // Without a reference: a run is over when its stages are.
      await wait(pause, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#send();
        pause = this.#every;
      } catch (error) {
        if (!mayWorkLater(error)) return;
        pause = Math.min(2 * pause, longestPause);
      }
    }
  }

  async #send(): Promise<void> {
    const record = this.#fold.record();
    const begun = cellsOf(record).filter((cell) => hasBegun(record, cell));
    const ids = new Set(begun.map(({ id }) => id));
    // Counted before anything is awaited: meanwhile more will come.
    const told = new Map(
      begun.flatMap(({ stages }) =>
        stages.filter(isCertain).map(({ stage, metrics }) => [stage.id, metrics.length] as const),
      ),
    );
    for (const [stage, count] of told) if (count > 0) this.#mayBeThere.add(stage);
    const heldBack = record.stages.filter((stage) => !isCertain(stage));
    const leftOut = new Map([
      ...this.#told.events,
      ...heldBack.map(({ stage }) => [stage.id, Infinity] as const),
    ]);
    const samples = record.machine.length;
    const { runs, ...experiment } = trackedExperimentOf(record, this.#directory, {
      events: leftOut,
      samples: this.#told.samples,
    });
    await this.#replay.advance({ ...experiment, runs: runs.filter(({ id }) => ids.has(id)) });
    this.#told = { events: new Map([...this.#told.events, ...told]), samples };
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

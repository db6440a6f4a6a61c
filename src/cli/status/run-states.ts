import { stat } from 'node:fs/promises';
import path from 'node:path';

import { recordOf, type RunRecord } from '../../execute/record.js';
import { describeProcess } from '../../files/process-identity.js';
import { holderOf } from '../../files/process-lock.js';
import { historyOf, ownershipOf, runIdsIn } from '../../tracking/history.js';
import { JournalDamaged, journalPath } from '../../tracking/journal.js';
import { JournalTail } from '../../tracking/journal-tail.js';

/** A run of which something is to be said. */
export type RunState =
  | RunUnderWay
  | { readonly state: 'ended'; readonly run: string; readonly record: RunRecord }
  /** Its process ended before it did: killed, or by a power cut. */
  | { readonly state: 'died'; readonly run: string; readonly record: RunRecord }
  | { readonly state: 'unreadable'; readonly run: string };

export interface RunUnderWay {
  readonly state: 'under_way';
  readonly run: string;
  /** As in `process 1234`; undefined in the moment before it is written down. */
  readonly owner: string | undefined;
  /** Undefined in the moment before anything is written down. With an end while report and MLflow are written. */
  readonly record: RunRecord | undefined;
}

export interface Status {
  /** The oldest first. */
  readonly underWay: readonly RunUnderWay[];
  /** The newest first. */
  readonly past: readonly Exclude<RunState, RunUnderWay>[];
}

/** Runs that are over, of which something is said. */
const mostPast = 5;
/** Milliseconds between a journal's first line and the moment at which its process is known as the owner, at most. */
const headStart = 1000;

/** Looks at the runs of a folder again and again, each time at what is new. Writes nothing. */
export class RunStates {
  readonly #runs: string;
  readonly #now: () => number;
  readonly #tails = new Map<string, JournalTail>();
  /** What is over stays as it is. */
  readonly #over = new Map<string, Exclude<RunState, RunUnderWay>>();

  /** Over, and older than all of which something is said. */
  readonly #tooOld = new Set<string>();

  constructor(runs: string, now: () => number) {
    this.#runs = runs;
    this.#now = now;
  }

  async look(): Promise<Status> {
    const underWay: RunUnderWay[] = [];
    const past: Exclude<RunState, RunUnderWay>[] = [];
    for (const run of (await runIdsIn(this.#runs)).toReversed()) {
      if (this.#tooOld.has(run)) continue;
      const known = this.#over.get(run);
      const owner = known ? undefined : await this.#ownerOf(run);
      if (owner === undefined && past.length === mostPast) {
        this.#tooOld.add(run);
        continue;
      }
      const state = known ?? (await this.#stateOf(run, owner));
      if (state?.state === 'under_way') underWay.push(state);
      else if (state !== undefined) {
        this.#over.set(run, state);
        this.#tails.delete(run);
        past.push(state);
      }
    }
    return { underWay: underWay.toReversed(), past };
  }

  async #ownerOf(run: string): Promise<string | undefined> {
    const owner = await holderOf(ownershipOf(this.#folder(run)));
    return owner && describeProcess(owner);
  }

  /** @param owner Looked up before the journal is read: a run that ends in between has not died. */
  async #stateOf(run: string, owner: string | undefined): Promise<RunState | undefined> {
    const record = await this.#recordOf(run);
    if (record === 'unreadable') return { state: record, run };
    if (owner !== undefined) return { state: 'under_way', run, owner, record };
    if (record === undefined) return undefined;
    if (record.end !== undefined) return { state: 'ended', run, record };
    return (await this.#isYoung(run))
      ? { state: 'under_way', run, owner, record }
      : { state: 'died', run, record };
  }

  async #recordOf(run: string): Promise<RunRecord | 'unreadable' | undefined> {
    const tail = this.#tails.get(run) ?? new JournalTail(journalPath(this.#folder(run)));
    this.#tails.set(run, tail);
    try {
      const events = await tail.read();
      return events.length === 0 ? undefined : recordOf(events);
    } catch (error) {
      if (error instanceof JournalDamaged) return 'unreadable';
      throw error;
    }
  }

  async #isYoung(run: string): Promise<boolean> {
    const { birthtimeMs } = await stat(journalPath(this.#folder(run)));
    return Math.abs(this.#now() - birthtimeMs) < headStart;
  }

  #folder(run: string): string {
    return path.join(historyOf(this.#runs), run);
  }
}

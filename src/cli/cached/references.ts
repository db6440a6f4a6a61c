import path from 'node:path';

import type { StageKey } from '../../plan/types.js';
import { historyOf, isUnderWay, runIdsIn } from '../../tracking/history.js';
import { stagesOfRun } from './run-stages.js';

/** Whose records count. Without either, all do; with both, those of which one is true. */
export interface Counting {
  /** The newest so many of each pipeline. */
  readonly keepRuns: number | undefined;
  /** Those that began later: milliseconds since the epoch. */
  readonly since: number | undefined;
  /** Those that began later count anyhow, as do runs under way. */
  readonly graceSince: number;
}

/** What the records of runs say of an artifact. */
export interface Mention {
  /** The newest run that names it. */
  readonly run: string;
  readonly pipeline: string;
  readonly stage: string;
  readonly kind: string;
  /** How many runs name it. */
  readonly runs: number;
}

export interface UnreadableRun {
  readonly run: string;
  readonly reason: string;
}

export const everyRun: Counting = { keepRuns: undefined, since: undefined, graceSince: 0 };

/** Which artifacts the records of a folder of outputs name. Held are keys and names, not the records. */
export class References {
  readonly #runs: string;
  readonly #counting: Counting;
  readonly #known = new Set<string>();
  readonly #mentions = new Map<StageKey, Mention>();
  readonly #needed = new Set<StageKey>();
  readonly #perPipeline = new Map<string, number>();
  readonly #unreadable: UnreadableRun[] = [];
  /** Once a run has begun meanwhile whose record cannot be read. */
  #isAllNeeded = false;

  private constructor(runs: string, counting: Counting) {
    this.#runs = runs;
    this.#counting = counting;
  }

  static async read(runs: string, counting: Counting = everyRun): Promise<References> {
    const references = new References(runs, counting);
    const newestFirst = (await runIdsIn(runs)).toReversed();
    for (const run of newestFirst) await references.#take(run, false);
    return references;
  }

  /** Runs whose records cannot be read: what they need is not known. */
  get unreadable(): readonly UnreadableRun[] {
    return this.#unreadable;
  }

  mentionOf(key: StageKey): Mention | undefined {
    return this.#mentions.get(key);
  }

  /** Whether a run that counts names the artifact, as far as is known. */
  isNeeded(key: StageKey): boolean {
    return this.#isAllNeeded || this.#needed.has(key);
  }

  /** The same, with the runs that have begun since. */
  async isNeededNow(key: StageKey): Promise<boolean> {
    for (const run of await runIdsIn(this.#runs)) if (!this.#known.has(run)) await this.#take(run, true);
    return this.isNeeded(key);
  }

  async #take(run: string, isNew: boolean): Promise<void> {
    const folder = path.join(historyOf(this.#runs), run);
    const record = await stagesOfRun(folder);
    // Looked at again: its process may be about to write it.
    if (record.state === 'empty') return;
    this.#known.add(run);
    if (record.state === 'unreadable') {
      this.#unreadable.push({ run, reason: record.reason });
      this.#isAllNeeded ||= isNew;
      return;
    }
    const { pipeline, stages } = record;
    const counts = isNew || (await this.#counts(run, pipeline, folder));
    const seen = new Set<StageKey>();
    for (const { key, id, kind } of stages) {
      if (counts) this.#needed.add(key);
      if (seen.has(key)) continue;
      seen.add(key);
      const mention = this.#mentions.get(key) ?? { run, pipeline, stage: id, kind, runs: 0 };
      this.#mentions.set(key, { ...mention, runs: mention.runs + 1 });
    }
  }

  /** To be asked of the newest run first. */
  async #counts(run: string, pipeline: string, folder: string): Promise<boolean> {
    const newer = this.#perPipeline.get(pipeline) ?? 0;
    this.#perPipeline.set(pipeline, newer + 1);
    const { keepRuns, since, graceSince } = this.#counting;
    if (keepRuns === undefined && since === undefined) return true;
    if (keepRuns !== undefined && newer < keepRuns) return true;
    const began = beginningOf(run);
    if (began === undefined || began >= Math.min(since ?? graceSince, graceSince)) return true;
    return isUnderWay(folder);
  }
}

/** When a run began, by its name: milliseconds since the epoch. */
function beginningOf(run: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(run)?.slice(1);
  if (parts === undefined) return undefined;
  const [year = 0, month = 1, ...rest] = parts.map(Number);
  const [day = 1, hour = 0, minute = 0, second = 0] = rest;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

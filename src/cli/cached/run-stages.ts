import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { isDigest } from '../../base/digest.js';
import { runEventOf } from '../../execute/event-lines.js';
import { errorCode } from '../../files/file-errors.js';
import type { StageKey } from '../../plan/types.js';
import { journalPath } from '../../tracking/journal.js';

/** A stage as the record of a run names it. */
export interface NamedStage {
  readonly key: StageKey;
  readonly id: string;
  readonly kind: string;
}

export interface NamedStages {
  readonly pipeline: string;
  readonly stages: readonly NamedStage[];
}

/** What a run's record says of the artifacts that the run needs. */
export type RunStages =
  | ({ readonly state: 'read' } & NamedStages)
  /** Nothing was written yet, so nothing was run yet either. */
  | { readonly state: 'empty' }
  /** Something was written, and nobody can say what. */
  | { readonly state: 'unreadable'; readonly reason: string };

/**
 * The stages of a run by its `plan.json`, which is written before anything runs; where that cannot be read, by the
 * first line of its journal. Any form of plan will do in which every stage has a key: more is not asked of it.
 */
export async function stagesOfRun(folder: string): Promise<RunStages> {
  const plan = await attempt(() => stagesInPlan(path.join(folder, 'plan.json')));
  if (plan.state === 'read') return plan;
  const journal = await attempt(() => stagesInJournal(journalPath(folder)));
  if (journal.state === 'read') return journal;
  return plan.state === 'unreadable' ? plan : journal;
}

async function stagesInPlan(file: string): Promise<NamedStages> {
  const plan: unknown = JSON.parse(await readFile(file, 'utf8'));
  return namedStages(plan);
}

async function stagesInJournal(file: string): Promise<NamedStages | undefined> {
  const stream = createReadStream(file);
  const lines = createInterface({ input: stream });
  try {
    for await (const line of lines) {
      const event = runEventOf(line);
      if (event.type !== 'run_started') throw new SyntaxError('the first event is another');
      return namedStages(event);
    }
    return undefined;
  } finally {
    lines.close();
    stream.destroy();
  }
}

function namedStages(value: unknown): NamedStages {
  const { pipeline, stages } = (value ?? {}) as { pipeline?: unknown; stages?: unknown };
  if (!Array.isArray(stages)) throw new SyntaxError('it has no stages');
  return {
    pipeline: typeof pipeline === 'string' ? pipeline : '',
    stages: stages.map((stage: unknown) => {
      const { key, id, kind } = (stage ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof key !== 'string' || !isDigest(key)) throw new SyntaxError('a stage has no key');
      return { key: key as StageKey, id: wordOf(id), kind: wordOf(kind) };
    }),
  };
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

async function attempt(read: () => Promise<NamedStages | undefined>): Promise<RunStages> {
  try {
    const named = await read();
    return named === undefined ? { state: 'empty' } : { state: 'read', ...named };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { state: 'empty' };
    // What a broken line makes of the reader is no bug of ours.
    return { state: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
}

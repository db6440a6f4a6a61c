import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { runEventOf, toLine } from '../execute/event-lines.js';
import type { RunEvent } from '../execute/events.js';

export function journalPath(runDirectory: string): string {
  return join(runDirectory, 'journal.jsonl');
}

/**
 * A run's events, a line each, in an append-only file: the truth from which the MLflow bundle is made and servers
 * are fed. A line is in the operating system's hands before `write` returns, so the death of this process loses
 * nothing; the end of each stage is on disk, so a power cut loses at most the stage under way, which the cache
 * would not have either. How far a stage has come is not kept.
 */
export class Journal {
  readonly #file: number;

  /** @throws when the file exists: a journal is of one run. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'ax');
    const folder = openSync(dirname(path), 'r');
    fsyncSync(folder);
    closeSync(folder);
  }

  write(event: RunEvent): void {
    if (event.type === 'stage_reported') {
      if (event.event.type !== 'progress') this.#append(event);
      return;
    }
    this.#append(event);
    if (event.type !== 'stage_started' && event.type !== 'machine_sampled') fsyncSync(this.#file);
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }

  #append(event: RunEvent): void {
    const line = Buffer.from(`${toLine(event)}\n`);
    for (let written = 0; written < line.length;) written += writeSync(this.#file, line, written);
  }
}

/** A journal that cannot be read to its end. */
export class JournalDamaged extends Error {
  override readonly name = 'JournalDamaged';
}

/**
 * The events of a journal. A last line that its writer did not finish (it was killed, or the power failed) is
 * dropped.
 *
 * @throws JournalDamaged when a line before the last is not an event: the file was changed by other hands.
 */
export async function readJournal(path: string): Promise<RunEvent[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  // What follows the last line break is empty, or torn.
  lines.pop();
  const events: RunEvent[] = [];
  for (const [index, line] of lines.entries()) {
    try {
      events.push(runEventOf(line));
    } catch {
      if (index === lines.length - 1) break;
      throw new JournalDamaged(
        `line ${index + 1} of ${path} is not an event; the run cannot be tracked from it`,
      );
    }
  }
  return events;
}

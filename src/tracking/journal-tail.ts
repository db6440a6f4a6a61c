import { open } from 'node:fs/promises';

import { runEventOf } from '../execute/event-lines.js';
import type { RunEvent } from '../execute/events.js';
import { errorCode } from '../files/file-errors.js';
import { JournalDamaged } from './journal.js';

/** The journal of a run under way: each look reads what has been added since the one before. */
export class JournalTail {
  readonly #path: string;
  readonly #events: RunEvent[] = [];
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * All events so far; a line that is not finished yet is left for the next look. Empty where there is no journal.
   * @throws JournalDamaged when a line is not an event.
   */
  async read(): Promise<readonly RunEvent[]> {
    const added = await this.#added();
    const end = added.lastIndexOf('\n') + 1;
    this.#offset += end;
    for (const line of added.toString('utf8', 0, Math.max(0, end - 1)).split('\n')) {
      if (line !== '') this.#events.push(this.#eventOf(line));
    }
    return this.#events;
  }

  async #added(): Promise<Buffer> {
    try {
      const file = await open(this.#path);
      try {
        const { size } = await file.stat();
        const buffer = Buffer.alloc(Math.max(0, size - this.#offset));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
      throw error;
    }
  }

  #eventOf(line: string): RunEvent {
    try {
      return runEventOf(line);
    } catch {
      throw new JournalDamaged(`${this.#path} has a line that is not an event`);
    }
  }
}

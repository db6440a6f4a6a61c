import { appendFileSync, closeSync, openSync } from 'node:fs';

/**
 * A file that grows by lines, each of which is in the operating system's hands before `write` returns. A log is no reason
 * to lose a run: what cannot be written ends the file, and `problem` says why. (Pino's own destination tries again
 * for ever on a full disk.)
 */
export class LogFile {
  #file: number | undefined;
  #problem: string | undefined;

  /** @throws the operating system's error where the file cannot be opened. */
  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  write(line: string): void {
    if (this.#file === undefined) return;
    try {
      appendFileSync(this.#file, line);
    } catch (error) {
      this.#problem = `the run’s log cannot be written: ${error instanceof Error ? error.message : String(error)}`;
      this.close();
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

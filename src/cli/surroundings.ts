import { steadyClock } from '../base/steady-clock.js';

/** What a command sees of the process that it runs in; tests pass their own. */
export interface Surroundings {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Milliseconds since the epoch, never less than before. */
  readonly now: () => number;
}

export function processSurroundings(): Surroundings {
  return {
    directory: process.cwd(),
    environment: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    now: steadyClock(Date.now),
  };
}

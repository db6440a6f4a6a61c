import fc from 'fast-check';

import { mutant } from './mutant.js';
import { tryOut } from './trial.js';
import { Watchdog } from './watchdog.js';

/** Generous on a loaded machine: what is out of bounds takes minutes, or all memory. */
const mostSeconds = 2;

export interface Campaign {
  readonly accepted: number;
  /** Of computing, for one of them. */
  readonly slowestSeconds: number;
}

/**
 * Tries so many damaged pipelines out. What fails is made smaller by fast-check, which tells the seed and the path to it
 * in what it throws.
 */
export async function tryMutants(count: number, seed: number): Promise<Campaign> {
  const watchdog = new Watchdog();
  let accepted = 0;
  let slowestSeconds = 0;
  try {
    await fc.assert(
      fc.asyncProperty(mutant, async (one) => {
        watchdog.watch(one);
        // Of this process alone: what else the machine does takes no part.
        const before = process.cpuUsage();
        if (await tryOut(one)) accepted += 1;
        const { user, system } = process.cpuUsage(before);
        const seconds = (user + system) / 1e6;
        slowestSeconds = Math.max(slowestSeconds, seconds);
        if (seconds > mostSeconds) throw new Error(`it took ${seconds.toFixed(1)} s of computing`);
      }),
      { numRuns: count, seed },
    );
  } finally {
    await watchdog.end();
  }
  return { accepted, slowestSeconds };
}

import { setTimeout as timer } from 'node:timers/promises';

import type { StageFailure } from './events.js';
import { OutOfTime } from './stop.js';

/** Resolves after some seconds, or rejects with an `AbortError` when the signal is aborted. */
export type Delay = (seconds: number, signal: AbortSignal) => Promise<void>;

/** The longest that one timer can wait, in milliseconds. */
const longestTimer = 2 ** 31 - 1;

export const realDelay: Delay = async (seconds, signal) => {
  for (let rest = seconds * 1000; rest > 0; rest -= longestTimer) {
    await timer(Math.min(rest, longestTimer), undefined, { signal });
  }
};

const longestPause = 60;

/** Seconds between a failed attempt, counted from 1, and the next: 1, 2, 4, ..., at most 60. */
export function pauseAfter(attempt: number): number {
  return Math.min(longestPause, 2 ** (attempt - 1));
}

/**
 * Whether another attempt may end otherwise: not where the specification is wrong or a training diverged, which is the
 * same to the last bit each time, nor where the run was stopped.
 */
export function mayPass({ reason }: StageFailure): boolean {
  switch (reason) {
    case 'problem':
    case 'diverged':
    case 'interrupted':
    case 'stopped':
      return false;
    case 'system':
    case 'killed':
    case 'crashed':
    case 'timed_out':
    case 'command_failed':
      return true;
  }
}

/**
 * Does the work under a signal that is aborted with the run's, and after `timeout` seconds with `OutOfTime` as reason.
 * @param timeout Undefined where the work may take as long as it takes.
 */
export async function withinTime<Value>(
  timeout: number | undefined,
  { signal, delay }: { readonly signal: AbortSignal; readonly delay: Delay },
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  if (timeout === undefined) return work(signal);
  const [over, late] = [new AbortController(), new AbortController()];
  void delay(timeout, over.signal).then(
    () => late.abort(new OutOfTime(timeout)),
    () => undefined,
  );
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    over.abort();
  }
}

import type { StageFailure } from './events.js';

/** Why an attempt at a stage is stopped, where nobody interrupts the run: its signal's reason. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
  readonly seconds: number;

  constructor(seconds: number) {
    super(`no result after ${seconds} s`);
    this.seconds = seconds;
  }
}

/** The failure of a stage that was stopped by this signal. */
export function stopOf(signal: AbortSignal, lastLines: readonly string[]): StageFailure {
  const reason: unknown = signal.reason;
  return reason instanceof OutOfTime
    ? { reason: 'timed_out', seconds: reason.seconds, lastLines }
    : { reason: 'interrupted' };
}

import type { StageId } from '../plan/types.js';
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

/** Another stage has failed, in a run that ends then: the signal's reason. */
export class StoppedByFailure extends Error {
  override readonly name = 'StoppedByFailure';
  readonly failed: StageId;

  constructor(failed: StageId) {
    super(`stage ${failed} failed`);
    this.failed = failed;
  }
}

/** The failure of a stage that was stopped by this signal. */
export function stopOf(signal: AbortSignal, lastLines: readonly string[]): StageFailure {
  const reason: unknown = signal.reason;
  if (reason instanceof OutOfTime) return { reason: 'timed_out', seconds: reason.seconds, lastLines };
  if (reason instanceof StoppedByFailure) return { reason: 'stopped', failed: reason.failed };
  return { reason: 'interrupted' };
}

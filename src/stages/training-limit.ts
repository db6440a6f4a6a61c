import { clockSeconds, generatorSteps } from '../base/budget.js';
import { formatCount, formatDuration } from '../base/format.js';
import type { ProgressEvent } from '../execute/contract.js';
import type { RunnableFields } from '../spec/runnable.js';

type TrainFields = Pick<RunnableFields['train'], 'budget' | 'batch_size' | 'critic_iterations'>;

/** When training ends: after so many generator steps, or when the clock has passed. */
export interface TrainingLimit {
  /** To be called just before the first step of this process, with the seconds that the ones before it had. */
  readonly begin: (seconds: number) => void;
  /** Seconds since the beginning, where they count; else 0. */
  readonly passed: () => number;
  /** Whether training ends after this number of generator steps. */
  readonly isReached: (step: number) => boolean;
  readonly progress: (step: number) => Omit<ProgressEvent, 'type'>;
  /** As in `generator step 300 of 600`. */
  readonly at: (step: number) => string;
  /** What the budget came to, where it did not say. */
  readonly reached: (step: number) => string | undefined;
}

/**
 * @param samples Real samples to learn from.
 * @param now Milliseconds since the epoch.
 */
export function limitOf(fields: TrainFields, samples: number, now: () => number): TrainingLimit {
  const seconds = clockSeconds(fields.budget);
  return seconds === undefined ? stepLimit(fields, samples) : clockLimit(seconds, now);
}

function stepLimit({ budget, batch_size, critic_iterations }: TrainFields, samples: number): TrainingLimit {
  const criticIterations = critic_iterations.count;
  const total = generatorSteps(budget, { criticIterations, batchSize: batch_size, samples });
  return {
    begin: () => undefined,
    passed: () => 0,
    isReached: (step) => step === total,
    progress: (step) => ({ done: step, total, unit: 'generator steps' }),
    at: (step) => `generator step ${formatCount(step)} of ${formatCount(total)}`,
    reached: () => undefined,
  };
}

function clockLimit(seconds: number, now: () => number): TrainingLimit {
  let began: number | undefined;
  const passed = (): number => (began === undefined ? 0 : (now() - began) / 1000);
  return {
    begin: (seconds) => (began = now() - 1000 * seconds),
    passed,
    // However short the time: an untrained network is no result of training.
    isReached: (step) => step > 0 && passed() >= seconds,
    progress: () => ({ done: Math.min(seconds, passed()), total: seconds, unit: 'seconds' }),
    at: (step) => `generator step ${formatCount(step)}, after ${formatDuration(passed())}`,
    reached: (step) =>
      `In the budget of ${formatDuration(seconds)}, ${formatCount(step)} generator steps were made.`,
  };
}

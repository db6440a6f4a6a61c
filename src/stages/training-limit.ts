import { clockSeconds, generatorSteps } from '../base/budget.js';
import { formatCount, formatDuration } from '../base/format.js';
import type { ProgressEvent } from '../execute/contract.js';
import type { RunnableFields } from '../spec/runnable.js';

type TrainFields = Pick<RunnableFields['train'], 'budget' | 'batch_size' | 'critic_iterations'>;

/** When training ends: after so many generator steps, or when the clock has passed. */
export interface TrainingLimit {
  /** To be called just before the first step. */
  readonly begin: () => void;
  /** Whether training ends after this number of generator steps. */
  readonly isReached: (step: number) => boolean;
  readonly progress: (step: number) => Omit<ProgressEvent, 'type'>;
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
    isReached: (step) => step === total,
    progress: (step) => ({ done: step, total, unit: 'generator steps' }),
    reached: () => undefined,
  };
}

function clockLimit(seconds: number, now: () => number): TrainingLimit {
  let began: number | undefined;
  const passed = (): number => (began === undefined ? 0 : (now() - began) / 1000);
  return {
    begin: () => (began = now()),
    // However short the time: an untrained network is no result of training.
    isReached: (step) => step > 0 && passed() >= seconds,
    progress: () => ({ done: Math.min(seconds, passed()), total: seconds, unit: 'seconds' }),
    reached: (step) =>
      `In the budget of ${formatDuration(seconds)}, ${formatCount(step)} generator steps were made.`,
  };
}

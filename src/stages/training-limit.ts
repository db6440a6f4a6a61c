import { clockSeconds, criticBudget, generatorSteps } from '../base/budget.js';
import { formatCount, formatDuration } from '../base/format.js';
import { required } from '../base/invariant.js';
import type { ProgressEvent } from '../execute/contract.js';
import type { RunnableFields } from '../spec/runnable.js';

type TrainFields = Pick<RunnableFields['train'], 'budget' | 'batch_size' | 'critic_iterations'>;

/** Steps that have been made. */
export interface StepsMade {
  readonly generatorSteps: number;
  readonly criticSteps: number;
}

/** When training ends: after so many steps, or when the clock has passed. */
export interface TrainingLimit {
  /** To be called just before the first step of this process, with the seconds that the ones before it had. */
  readonly begin: (seconds: number) => void;
  /** Seconds since the beginning, where they count; else 0. */
  readonly passed: () => number;
  readonly isReached: (made: StepsMade) => boolean;
  readonly progress: (made: StepsMade) => Omit<ProgressEvent, 'type'>;
  /** As in `generator step 300 of 600`. */
  readonly at: (made: StepsMade) => string;
  /** What the budget came to, where it did not say. */
  readonly reached: (made: StepsMade) => string | undefined;
  /** Of the whole training, where that is known before it. */
  readonly generatorSteps: number | undefined;
}

/**
 * @param samples Real samples to learn from.
 * @param now Milliseconds since the epoch.
 */
export function limitOf(fields: TrainFields, samples: number, now: () => number): TrainingLimit {
  const seconds = clockSeconds(fields.budget);
  if (seconds !== undefined) return clockLimit(seconds, now);
  const terms = { criticIterations: fields.critic_iterations, batchSize: fields.batch_size, samples };
  const total = generatorSteps(fields.budget, terms);
  if (total !== undefined) return stepLimit(total);
  return criticLimit(required(criticBudget(fields.budget, terms), 'a budget of critic steps'));
}

function stepLimit(total: number): TrainingLimit {
  return {
    ...withoutClock,
    isReached: ({ generatorSteps }) => generatorSteps === total,
    progress: ({ generatorSteps }) => ({ done: generatorSteps, total, unit: 'generator steps' }),
    at: ({ generatorSteps }) => `generator step ${formatCount(generatorSteps)} of ${formatCount(total)}`,
    reached: () => undefined,
    generatorSteps: total,
  };
}

/** Where the critic says how many of its steps a generator step has. */
function criticLimit(total: number): TrainingLimit {
  return {
    ...withoutClock,
    isReached: ({ criticSteps }) => criticSteps >= total,
    progress: ({ criticSteps }) => ({ done: Math.min(criticSteps, total), total, unit: 'critic steps' }),
    at: ({ generatorSteps, criticSteps }) =>
      `generator step ${formatCount(generatorSteps)}, critic step ${formatCount(criticSteps)} of ${formatCount(Math.ceil(total))}`,
    reached: ({ generatorSteps, criticSteps }) =>
      `In ${formatCount(criticSteps)} critic steps, ${formatCount(generatorSteps)} generator steps were made.`,
    generatorSteps: undefined,
  };
}

const withoutClock = { begin: () => undefined, passed: () => 0 };

function clockLimit(seconds: number, now: () => number): TrainingLimit {
  let began: number | undefined;
  const passed = (): number => (began === undefined ? 0 : (now() - began) / 1000);
  return {
    begin: (seconds) => (began = now() - 1000 * seconds),
    passed,
    // However short the time: an untrained network is no result of training.
    isReached: ({ generatorSteps }) => generatorSteps > 0 && passed() >= seconds,
    progress: () => ({ done: Math.min(seconds, passed()), total: seconds, unit: 'seconds' }),
    at: ({ generatorSteps }) =>
      `generator step ${formatCount(generatorSteps)}, after ${formatDuration(passed())}`,
    reached: ({ generatorSteps }) =>
      `In the budget of ${formatDuration(seconds)}, ${formatCount(generatorSteps)} generator steps were made.`,
    generatorSteps: undefined,
  };
}

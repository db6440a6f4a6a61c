import { type CriticIterations, criticStepsOf, generatorStepsFor } from './critic-iterations.js';
import { invariant } from './invariant.js';

/** How long to train: exactly one of the quantities. */
export interface Budget {
  readonly generator_steps?: number;
  readonly critic_steps?: number;
  readonly images?: number;
  readonly epochs?: number;
}

export interface BudgetTerms {
  readonly criticIterations: CriticIterations;
  readonly batchSize: number;
  /** Real samples to learn from. */
  readonly samples: number;
}

/**
 * A budget in critic steps, as it is written: not rounded. Undefined for one in generator steps.
 *
 *     critic_steps,   images / batch_size,   epochs batches
 *
 * `images` counts real samples shown to the critic. An epoch is floor(samples / batch_size) critic steps:
 * the samples left over when an epoch's order is cut into batches are not shown in that epoch.
 */
export function criticBudget(
  { critic_steps, images, epochs }: Budget,
  { batchSize, samples }: Pick<BudgetTerms, 'batchSize' | 'samples'>,
): number | undefined {
  if (critic_steps !== undefined) return critic_steps;
  if (images !== undefined) return images / batchSize;
  return epochs === undefined ? undefined : epochs * Math.floor(samples / batchSize);
}

/**
 * A budget in generator steps, rounded up to a whole one so that no less than the budget is trained. Undefined where
 * only the training tells: a budget of the critic's, whose iterations are adaptive.
 */
export function generatorSteps(budget: Budget, terms: BudgetTerms): number | undefined {
  if (budget.generator_steps !== undefined) return budget.generator_steps;
  const steps = criticBudget(budget, terms);
  invariant(steps !== undefined, 'a budget has one quantity');
  return generatorStepsFor(terms.criticIterations, steps);
}

export type BudgetUnit = keyof Budget;

/** What a budget comes to in another unit, by the steps that are really made; undefined where only the training tells. */
export function budgetIn(unit: BudgetUnit, budget: Budget, terms: BudgetTerms): number | undefined {
  const steps = generatorSteps(budget, terms);
  if (steps === undefined || unit === 'generator_steps') return steps;
  const criticSteps = criticStepsOf(terms.criticIterations, steps);
  if (criticSteps === undefined) return undefined;
  switch (unit) {
    case 'critic_steps':
      return criticSteps;
    case 'images':
      return criticSteps * terms.batchSize;
    case 'epochs':
      return criticSteps / Math.floor(terms.samples / terms.batchSize);
  }
}

/** A budget of time on the clock: exactly one of the quantities. */
export interface ClockBudget {
  readonly seconds?: number;
  readonly minutes?: number;
  readonly hours?: number;
}

/** How long a budget is on the clock, in seconds; undefined for one in steps or in data. */
export function clockSeconds(budget: ClockBudget): number | undefined {
  const { seconds, minutes, hours } = budget;
  if (seconds !== undefined) return seconds;
  if (minutes !== undefined) return minutes * 60;
  return hours === undefined ? undefined : hours * 3600;
}

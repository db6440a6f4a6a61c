import { invariant } from './invariant.js';

/** How long to train: exactly one of the quantities. */
export interface Budget {
  readonly generator_steps?: number;
  readonly critic_steps?: number;
  readonly images?: number;
  readonly epochs?: number;
}

export interface BudgetTerms {
  /** n_critic: critic steps before each generator step. */
  readonly criticIterations: number;
  readonly batchSize: number;
  /** Real samples to learn from. */
  readonly samples: number;
}

/**
 * A budget in generator steps, rounded up to a whole one so that no less than the budget is trained:
 *
 *     critic_steps / n_critic,   images / (batch_size n_critic),   epochs batches / n_critic
 *
 * `images` counts real samples shown to the critic. An epoch is floor(samples / batch_size) critic steps:
 * the samples left over when an epoch's order is cut into batches are not shown in that epoch.
 */
export function generatorSteps(budget: Budget, terms: BudgetTerms): number {
  const { criticIterations, batchSize, samples } = terms;
  const { generator_steps, critic_steps, images, epochs } = budget;
  if (generator_steps !== undefined) return generator_steps;
  if (critic_steps !== undefined) return Math.ceil(critic_steps / criticIterations);
  if (images !== undefined) return Math.ceil(images / (batchSize * criticIterations));
  invariant(epochs !== undefined, 'a budget has one quantity');
  return Math.ceil((epochs * Math.floor(samples / batchSize)) / criticIterations);
}

export type BudgetUnit = keyof Budget;

/** What a budget comes to in another unit, by the steps that are really made. */
export function budgetIn(unit: BudgetUnit, budget: Budget, terms: BudgetTerms): number {
  const criticSteps = generatorSteps(budget, terms) * terms.criticIterations;
  switch (unit) {
    case 'generator_steps':
      return generatorSteps(budget, terms);
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

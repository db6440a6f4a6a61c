import { budgetIn, type Budget, type BudgetUnit } from '../base/budget.js';
import { criticIterationsIn } from '../base/critic-iterations.js';
import type { JsonObject, JsonValue } from '../base/json.js';

/** How long a train stage trains, in each unit; one is absent where it depends on the size of the data, or on the training. */
export type TrainUnits = Readonly<Partial<Record<BudgetUnit, number>>>;

export const trainUnits = [
  'generator_steps',
  'critic_steps',
  'images',
  'epochs',
] as const satisfies readonly BudgetUnit[];

/**
 * What the budget of a train stage comes to, by the steps that are really made.
 * @param fields Of the stage; of another kind, or of an older version, nothing may be known.
 * @param samples Samples in the split that it learns; undefined where only the data tells.
 */
export function unitsOf(fields: JsonObject, samples: number | undefined): TrainUnits {
  const budget = budgetOf(fields['budget']);
  const criticIterations = criticIterationsIn(fields['critic_iterations']);
  const batchSize = positive(fields['batch_size']);
  if (!budget || criticIterations === undefined || batchSize === undefined) return {};
  const isKnown = samples !== undefined && samples >= batchSize;
  if (budget.epochs !== undefined && !isKnown) return {};
  const terms = { criticIterations, batchSize, samples: isKnown ? samples : batchSize };
  const units = trainUnits.filter((unit) => unit !== 'epochs' || isKnown);
  return Object.fromEntries(
    units.flatMap((unit) => {
      const amount = budgetIn(unit, budget, terms);
      return amount === undefined ? [] : [[unit, amount]];
    }),
  );
}

/** The number of samples in a split of a dataset; undefined where it is a share of the data, which is read later. */
export function splitSize(dataset: JsonObject, split: string | undefined): number | undefined {
  const size = split === undefined ? undefined : positive(member(dataset['splits'], split));
  return size === undefined || size < 1 ? undefined : size;
}

/** Steps of either network: what training time goes by. Undefined where only the data tells. */
export function stepsOf({ generator_steps, critic_steps }: TrainUnits): number | undefined {
  return generator_steps === undefined || critic_steps === undefined
    ? undefined
    : generator_steps + critic_steps;
}

function budgetOf(value: JsonValue | undefined): Budget | undefined {
  for (const unit of trainUnits) {
    const amount = positive(member(value, unit));
    if (amount !== undefined) return { [unit]: amount };
  }
  return undefined;
}

function positive(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (value === undefined || value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) {
    return undefined;
  }
  return (value as JsonObject)[key];
}

import { expect, test } from 'vitest';

import {
  type Budget,
  type BudgetTerms,
  budgetIn,
  type BudgetUnit,
  clockSeconds,
  generatorSteps,
} from '../../src/base/budget.js';

const terms: BudgetTerms = { criticIterations: { type: 'constant', count: 5 }, batchSize: 64, samples: 1000 };

test.each<[Budget, number]>([
  [{ generator_steps: 600 }, 600],
  [{ critic_steps: 600 }, 600 / 5],
  [{ critic_steps: 601 }, 600 / 5 + 1],
  [{ images: 64 * 5 * 10 }, 10],
  [{ images: 64 * 5 * 10 + 1 }, 11],
  // An epoch is 15 batches of 64; 40 samples are left out.
  [{ epochs: 2 }, (2 * 15) / 5],
  [{ epochs: 0.5 }, Math.ceil(7.5 / 5)],
  [{ epochs: 0.001 }, 1],
])('%j', (budget, expected) => {
  expect(generatorSteps(budget, terms)).toBe(expected);
});

test.each<[BudgetUnit, number]>([
  // 601 critic steps are 121 generator steps of 5.
  ['generator_steps', 121],
  ['critic_steps', 121 * 5],
  ['images', 121 * 5 * 64],
  ['epochs', (121 * 5) / 15],
])('601 critic steps in %s', (unit, expected) => {
  expect(budgetIn(unit, { critic_steps: 601 }, terms)).toBe(expected);
});

test('budgets on the clock in seconds', () => {
  expect(clockSeconds({ seconds: 0.5 })).toBe(0.5);
  expect(clockSeconds({ minutes: 1.5 })).toBe(1.5 * 60);
  expect(clockSeconds({ hours: 2 })).toBe(2 * 60 * 60);
  expect(clockSeconds({})).toBeUndefined();
});

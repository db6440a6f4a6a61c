import { expect, test } from 'vitest';

import { type Budget, generatorSteps } from '../../src/tensor/budget.js';

const terms = { criticIterations: 5, batchSize: 64, samples: 1000 };

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

import { expect, test } from 'vitest';

import { trainUntilNoBetter } from '../../src/tensor/adaptive-critic.js';

/** How many steps are made of a critic whose loss goes along this list. */
function stepsAlong(
  losses: readonly number[],
  rule: { min: number; max: number; threshold: number },
): number {
  let made = 0;
  const last = trainUntilNoBetter(rule, {
    step: () => (made += 1),
    loss: () => losses[made] ?? NaN,
  });
  expect(last).toBe(made);
  return made;
}

const rule = { min: 1, max: 10, threshold: 0.1 };

test('stops at the first step that improves the loss by less than the threshold', () => {
  // Relative to the larger of both: 1, 1/2, 1/3, 0.024.
  expect(stepsAlong([0, -1, -2, -3, -3.075, -9], rule)).toBe(4);
  // Worse is no better.
  expect(stepsAlong([0, -1, -0.5, -9], rule)).toBe(2);
  // Of losses above 0, as those of a discriminator.
  expect(stepsAlong([1.4, 1.2, 1.0, 0.95, 0.1], rule)).toBe(3);
});

test('makes the fewest in any case, and the most at most', () => {
  expect(stepsAlong([0, 1, 2, 3, 4], { ...rule, min: 3 })).toBe(3);
  expect(stepsAlong([1, 0.5, 0.25, 0.12, 0.06, 0.03], { ...rule, max: 2 })).toBe(2);
  expect(stepsAlong([0, 0, 0], { ...rule, max: 1 })).toBe(1);
});

test('a loss that is 0, or no number, is no better', () => {
  expect(stepsAlong([0, 0, -1], rule)).toBe(1);
  expect(stepsAlong([0, NaN, -1], { ...rule, min: 2 })).toBe(2);
});

import { expect, test } from 'vitest';

import { learningRateFactor, type LearningRateSchedule } from '../../src/base/learning-rate.js';

const over = (schedule: LearningRateSchedule, steps: number | undefined, at: readonly number[]) =>
  at.map((step) => learningRateFactor(schedule, step, steps));

test('constant', () => {
  expect(over({ type: 'constant' }, 10, [0, 9])).toEqual([1, 1]);
  expect(over({ type: 'constant' }, undefined, [0, 999])).toEqual([1, 1]);
});

test('a warm-up grows to the full rate in equal steps, and is full from then on', () => {
  expect(over({ type: 'constant', warm_up: { generator_steps: 4 } }, undefined, [0, 1, 2, 3, 4])).toEqual([
    0.25, 0.5, 0.75, 1, 1,
  ]);
});

test('linear: from all to the final share', () => {
  expect(over({ type: 'linear', final: 0 }, 4, [0, 1, 2, 3, 4])).toEqual([1, 0.75, 0.5, 0.25, 0]);
  expect(over({ type: 'linear', final: 0.5 }, 4, [0, 2, 4, 5])).toEqual([1, 0.75, 0.5, 0.5]);
  expect(over({ type: 'linear', final: 0, warm_up: { generator_steps: 2 } }, 6, [0, 1, 2, 4, 6])).toEqual([
    0.5, 1, 1, 0.5, 0,
  ]);
});

test('cosine: the same ends, and half of the way in the middle', () => {
  const [first = NaN, quarter = NaN, half = NaN, last = NaN] = over(
    { type: 'cosine', final: 0.2 },
    8,
    [0, 2, 4, 8],
  );
  expect(first).toBe(1);
  expect(quarter).toBeCloseTo(0.2 + (0.8 * (1 + Math.SQRT1_2)) / 2, 12);
  expect(half).toBeCloseTo(0.6, 12);
  expect(last).toBeCloseTo(0.2, 12);
});

test('a training that is all warm-up does not divide by 0', () => {
  expect(over({ type: 'linear', warm_up: { generator_steps: 4 } }, 4, [3, 4])).toEqual([1, 1]);
});

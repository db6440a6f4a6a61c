import { expect, test } from 'vitest';

import { BatchOrder } from '../../src/tensor/batches.js';

const options = { seed: 1, samples: 10, batchSize: 3 };

test('batches are disjoint within an epoch', () => {
  const order = new BatchOrder(options);
  const epoch = [0, 1, 2].flatMap((step) => [...order.batch(step)]);
  expect(new Set(epoch).size).toBe(9);
  expect(epoch.every((index) => index >= 0 && index < 10)).toBe(true);
});

test('a batch depends on the seed and the step, not on what was asked before', () => {
  const order = new BatchOrder(options);
  const seventh = [...order.batch(7)];
  order.batch(0);
  expect([...order.batch(7)]).toEqual(seventh);
  expect([...new BatchOrder(options).batch(7)]).toEqual(seventh);
  expect([...new BatchOrder({ ...options, seed: 2 }).batch(7)]).not.toEqual(seventh);
});

test('every sample is left out of some epoch, none of all', () => {
  const order = new BatchOrder(options);
  const counts = new Array<number>(10).fill(0);
  for (let step = 0; step < 3 * 200; step += 1) {
    for (const index of order.batch(step)) counts[index] = (counts[index] ?? 0) + 1;
  }
  expect(Math.max(...counts)).toBeLessThan(200);
  expect(Math.min(...counts)).toBeGreaterThan(150);
});

test('one batch of all samples is an epoch', () => {
  const order = new BatchOrder({ ...options, batchSize: 10 });
  expect([...order.batch(0)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([...order.batch(0)]).not.toEqual([...order.batch(1)]);
});

import { expect, test } from 'vitest';

import { euclideanNorm, shortened } from '../../src/tensor/gradient-norm.js';
import * as tf from '../../src/tensor/tf.js';
import { useNativeBackend, valuesOf } from './support.js';

useNativeBackend();

/** Together (3, 4, 12): of length 13. */
const gradients = { matrix: tf.tensor2d([[3], [4]]), bias: tf.tensor1d([12]) };
const values = (of: Readonly<Record<string, tf.Tensor>>) =>
  Object.values(of).flatMap((value) => [...valuesOf(value)]);

test('the length is that of all values of all tensors', () => {
  expect(valuesOf(euclideanNorm(Object.values(gradients)))[0]).toBeCloseTo(13, 5);
});

test('longer gradients keep their direction, and get the length', () => {
  const short = values(shortened(gradients, 6.5));
  [1.5, 2, 6].forEach((value, index) => expect(short[index]).toBeCloseTo(value, 5));
});

test('shorter ones stay as they are, and all do without a bound', () => {
  expect(values(shortened(gradients, 14))).toEqual([3, 4, 12]);
  expect(shortened(gradients, undefined)).toBe(gradients);
});

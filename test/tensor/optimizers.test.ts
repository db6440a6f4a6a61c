import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import {
  applyGradients,
  optimizer,
  type Optimizer,
  type OptimizerOptions,
} from '../../src/tensor/optimizers.js';
import type { NetworkState } from '../../src/tensor/state.js';
import * as tf from '../../src/tensor/tf.js';
import { useNativeBackend, valuesOf } from './support.js';

useNativeBackend();

/** The weights after each of some updates from given gradients. */
function follow(rule: Optimizer, start: readonly number[], gradients: readonly (readonly number[])[]) {
  const zeros = () => tf.variable(tf.zeros([start.length]));
  const weight = tf.variable(tf.tensor1d([...start]));
  const state: NetworkState = {
    weights: { w: weight },
    buffers: {},
    slots: { w: Object.fromEntries(rule.slots.map((slot) => [slot, zeros()])) },
  };
  return gradients.map((gradient, index) => {
    applyGradients(rule, state, { w: tf.tensor1d([...gradient]) }, rule.rates(index + 1));
    return valuesOf(weight).slice();
  });
}

interface Referee {
  readonly cases: readonly {
    readonly optimizer: OptimizerOptions;
    readonly start: readonly number[];
    readonly gradients: readonly (readonly number[])[];
    readonly after: readonly (readonly number[])[];
  }[];
}

/** Written by scripts/referees/training.py. */
const referee = JSON.parse(
  readFileSync('test/fixtures/referees/training_optimizers.json', 'utf8'),
) as Referee;

test.each(referee.cases)('$optimizer agrees with PyTorch to 1e-6', ({ optimizer: options, ...given }) => {
  const after = follow(optimizer(options), given.start, given.gradients);
  given.after.forEach((expected, step) => {
    const found = required(after[step], `step ${step}`);
    expect(found.length).toBe(expected.length);
    expected.forEach((value, index) => {
      expect(Math.abs((found[index] ?? NaN) - value)).toBeLessThan(1e-6);
    });
  });
});

test('RMSProp: the epsilon stands outside the root', () => {
  const rule = optimizer({ type: 'rmsprop', lr: 0.1, rho: 0.75, epsilon: 0.5 });
  const [first, second] = follow(rule, [3], [[2], [-1]]);
  const v1 = 0.25 * 2 ** 2;
  const w1 = 3 - (0.1 * 2) / (Math.sqrt(v1) + 0.5);
  const v2 = 0.75 * v1 + 0.25 * 1;
  const w2 = w1 + 0.1 / (Math.sqrt(v2) + 0.5);
  expect(first?.[0]).toBeCloseTo(w1, 6);
  expect(second?.[0]).toBeCloseTo(w2, 6);
});

test('Adam: the first step has the length of the learning rate', () => {
  const rule = optimizer({ type: 'adam', lr: 0.25, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
  const [first] = follow(rule, [1, 1], [[1e-3, -40]]);
  expect(first?.[0]).toBeCloseTo(1 - 0.25, 5);
  expect(first?.[1]).toBeCloseTo(1 + 0.25, 6);
});

test('gradient descent', () => {
  const [first] = follow(optimizer({ type: 'sgd', lr: 0.5, momentum: 0, nesterov: false }), [1], [[3]]);
  expect(first?.[0]).toBe(1 - 0.5 * 3);
});

import { expect, test } from 'vitest';

import { diagnosed } from '../../src/tensor/diagnostics.js';
import * as tf from '../../src/tensor/tf.js';
import { linearNetwork, modelOf, useNativeBackend } from './support.js';

useNativeBackend();

const linear = (units: number) => linearNetwork('linear', 2, units);

/** f(x) = 3 x1 + 4 x2 - 0.5, and samples that are their noise. */
const weights = {
  critic: { 'linear/weights': tf.tensor2d([[3], [4]]), 'linear/bias': tf.tensor1d([-0.5]) },
  generator: {
    'linear/weights': tf.tensor2d([
      [1, 0],
      [0, 1],
    ]),
    'linear/bias': tf.tensor1d([0, 0]),
  },
};
const model = {
  ...modelOf({
    constraint: { type: 'clip', range: [-0.5, 4], layers: {}, when: 'after_step' },
  }),
  critic: linear(1),
  generator: linear(2),
};
const probe = {
  real: tf.tensor2d([
    [2, 1],
    [4, 1],
  ]),
  latent: tf.tensor2d([
    [1, 0],
    [0, 1],
  ]),
  mix: tf.tensor1d([0.25, 0.5]),
  noise: tf.zeros([2, 2]),
};

test('of a linear critic, all is arithmetic', () => {
  const before = tf.memory().numTensors;
  const values = diagnosed(model, weights, probe, [
    'gradient_norms',
    'weight_norms',
    'clip_saturation',
    'slopes',
  ]);
  expect(tf.memory().numTensors).toBe(before);
  // E[fake] - E[real] = (1/2, 1/2) - (3, 1); the offset moves both alike.
  const critic = Math.hypot(2.5, 0.5);
  // -E[f(g(z))]: by V it is -z f' / 2 for each z, by the offset -f'.
  const [matrix, offset] = [Math.hypot(3 / 2, 4 / 2, 3 / 2, 4 / 2), 5];
  const expected = {
    'gradient_norm.critic': critic,
    'gradient_norm.critic.first': critic,
    'gradient_norm.critic.last': critic,
    'gradient_norm.generator': Math.hypot(matrix, offset),
    'gradient_norm.generator.first': matrix,
    'gradient_norm.generator.last': matrix,
    'weight_norm.critic': Math.hypot(3, 4, 0.5),
    'weight_norm.generator': Math.SQRT2,
    clip_saturation: 2 / 3,
    'slope.mean': 5,
    'slope.max': 5,
  };
  expect(Object.keys(values)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) expect(values[name], name).toBeCloseTo(value, 5);
});

test('gradients are told as they are before they are shortened', () => {
  const optimizers = {
    generator: { ...model.optimizers.generator, maxGradientNorm: 0.1 },
    critic: { ...model.optimizers.critic, maxGradientNorm: 0.1 },
  };
  const values = diagnosed({ ...model, optimizers }, weights, probe, ['gradient_norms']);
  expect(values['gradient_norm.critic']).toBeCloseTo(Math.hypot(2.5, 0.5), 5);
});

import { expect, test } from 'vitest';

import type { Clip } from '../../src/tensor/constraint.js';
import { objectiveOf } from '../../src/tensor/objectives.js';
import { optimizer } from '../../src/tensor/optimizers.js';
import {
  disposeState,
  initialState,
  readState,
  type NetworkRole,
  type Variables,
} from '../../src/tensor/state.js';
import { type AdversarialModel, criticStep, generatorStep } from '../../src/tensor/steps.js';
import * as tf from '../../src/tensor/tf.js';
import {
  digestOf,
  linearNetwork,
  modelOf,
  type ObjectiveName,
  rmsprop,
  useNativeBackend,
  valuesOf,
} from './support.js';

useNativeBackend();

const learningRate = 0.25;

/** Critic f(x) = w x + b and generator g(z) = V z + c on points, all weights 0 but for c. */
function linearGame(
  objective: ObjectiveName,
  clip?: readonly [number, number],
  when: Clip['when'] = 'after_step',
) {
  const sgd = optimizer({ type: 'sgd', lr: learningRate, momentum: 0, nesterov: false });
  const model: AdversarialModel = {
    generator: linearNetwork('dense', 2, 2),
    critic: linearNetwork('dense', 2, 1),
    objective: objectiveOf({ type: objective }),
    optimizers: { generator: sgd, critic: sgd },
    constraint: clip ? { type: 'clip', range: clip, layers: {}, when } : { type: 'none' },
  };
  const state = initialState(model, 0);
  set(state.generator.weights, 'dense/bias', [-1, 0]);
  const real = tf.tensor2d([
    [3, 1],
    [1, 1],
  ]);
  const latent = tf.zeros([2, 2]);
  return { model, state, real, latent, rates: sgd.rates(1) };
}

function set(weights: Variables, name: string, values: readonly number[]): void {
  const variable = weights[name];
  variable?.assign(tf.tensor([...values], variable.shape));
}

const get = (weights: Variables, name: string) => [...valuesOf(weights[name] ?? tf.tensor([]))];

test('the Wasserstein critic ascends E[f(real)] - E[f(fake)]', () => {
  const { model, state, real, latent, rates } = linearGame('wasserstein');
  criticStep(model, state, { real, latent, rates, draws: {} });
  // Mean real (2, 1), mean fake (-1, 0): the gradient with respect to w is their difference, that of b is 0.
  expect(get(state.critic.weights, 'dense/weights')).toEqual([3 * learningRate, 1 * learningRate]);
  expect(get(state.critic.weights, 'dense/bias')).toEqual([0]);
});

test('the Wasserstein critic’s loss is the estimate with its sign turned', () => {
  const { model, state, real, latent, rates } = linearGame('wasserstein');
  set(state.critic.weights, 'dense/weights', [1, 0]);
  const [loss = NaN] = valuesOf(criticStep(model, state, { real, latent, rates, draws: {} }).loss);
  expect(loss).toBe(-(2 - -1));
  expect(model.objective.estimate.of(loss)).toBe(2 - -1);
});

test.each<{ objective: ObjectiveName; slope: number }>([
  { objective: 'wasserstein', slope: 1 },
  // d/ds -log sigmoid(s) = -sigmoid(-s), and d/ds log(1 - sigmoid(s)) = -sigmoid(s), at s = f(-1, 0) = -1.
  { objective: 'non_saturating', slope: 1 / (1 + Math.exp(-1)) },
  { objective: 'minimax', slope: 1 / (1 + Math.exp(1)) },
])('the $objective generator moves its samples to where the critic scores higher', ({ objective, slope }) => {
  const { model, state, latent, rates } = linearGame(objective);
  set(state.critic.weights, 'dense/weights', [1, 0]);
  generatorStep(model, state, { latent, rates });
  const [x = NaN, y] = get(state.generator.weights, 'dense/bias');
  expect(x).toBeCloseTo(-1 + learningRate * slope, 6);
  expect(y).toBe(0);
});

test.each<ObjectiveName>(['non_saturating', 'minimax'])(
  'the %s discriminator scores real above fake, and at the start knows nothing',
  (objective) => {
    const { model, state, real, latent, rates } = linearGame(objective);
    const [loss = NaN] = valuesOf(criticStep(model, state, { real, latent, rates, draws: {} }).loss);
    // D = 1/2 everywhere: -2 log(1/2), and no divergence found.
    expect(loss).toBeCloseTo(2 * Math.LN2, 6);
    expect(model.objective.estimate.of(loss)).toBeCloseTo(0, 6);
    // sigmoid'(0) log' gives 1/2 each: w += lr (mean real - mean fake) / 2.
    expect(get(state.critic.weights, 'dense/weights')).toEqual([
      (3 * learningRate) / 2,
      (1 * learningRate) / 2,
    ]);
  },
);

test('the discriminator’s loss neither overflows nor vanishes for scores of a thousand', () => {
  const { criticLoss, generatorLoss } = objectiveOf({ type: 'non_saturating' });
  const [real, fake] = [tf.tensor2d([[-1000]]), tf.tensor2d([[1000]])];
  expect(valuesOf(criticLoss(real, fake))[0]).toBe(2000);
  expect(valuesOf(generatorLoss(real))[0]).toBe(1000);
  expect(valuesOf(generatorLoss(fake))[0]).toBe(0);
});

test('the critic is clipped after its step, the generator never', () => {
  const { model, state, real, latent, rates } = linearGame('wasserstein', [-0.5, 0.125]);
  set(state.generator.weights, 'dense/weights', [7, -7, 7, -7]);
  set(state.critic.weights, 'dense/bias', [9]);
  criticStep(model, state, { real, latent, rates, draws: {} });
  // The steps alone would have led to 0.75, 0.25 and 9.
  expect(get(state.critic.weights, 'dense/weights')).toEqual([0.125, 0.125]);
  expect(get(state.critic.weights, 'dense/bias')).toEqual([0.125]);

  generatorStep(model, state, { latent, rates });
  expect(get(state.generator.weights, 'dense/weights')).toEqual([7, -7, 7, -7]);
  expect(get(state.generator.weights, 'dense/bias')[0]).toBe(-1 + learningRate * 0.125);
});

test('or before it: the gradient is that of the clipped critic, and its step goes where it will', () => {
  const { model, state, real, latent, rates } = linearGame('wasserstein', [-0.5, 0.125], 'before_step');
  set(state.critic.weights, 'dense/bias', [9]);
  criticStep(model, state, { real, latent, rates, draws: {} });
  expect(get(state.critic.weights, 'dense/weights')).toEqual([3 * learningRate, learningRate]);
  expect(get(state.critic.weights, 'dense/bias')).toEqual([0.125]);
});

test('each step changes its own network alone', () => {
  const model = modelOf({ clip: [-0.1, 0.1] });
  const state = initialState(model, 3);
  const alone = (role: NetworkRole) => digestOf(readState({ generator: state[role], critic: state[role] }));
  const rates = rmsprop.rates(1);
  const [generator, critic] = [alone('generator'), alone('critic')];

  criticStep(model, state, {
    real: tf.randomNormal([8, 2]),
    latent: tf.randomNormal([8, 2]),
    rates,
    draws: {},
  });
  expect(alone('generator')).toBe(generator);
  const updated = alone('critic');
  expect(updated).not.toBe(critic);

  generatorStep(model, state, { latent: tf.randomNormal([8, 2]), rates });
  expect(alone('critic')).toBe(updated);
  expect(alone('generator')).not.toBe(generator);
  disposeState(state);
});

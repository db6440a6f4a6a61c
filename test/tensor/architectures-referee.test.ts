import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import type { CriticOptions, LatentGenerator } from '../../src/networks/architectures.js';
import { criticNetwork, generatorNetwork } from '../../src/tensor/architectures.js';
import { gradientPenalty, penaltyOf } from '../../src/tensor/gradient-penalty.js';
import { lossAndGradients } from '../../src/tensor/loss-and-gradients.js';
import type { Network } from '../../src/tensor/network.js';
import * as tf from '../../src/tensor/tf.js';
import {
  errorOf,
  expectGradients,
  expectParameters,
  type Numbers,
  type RefereedCase,
  weightsOf,
} from './refereed.js';
import { useNativeBackend, valuesOf } from './support.js';

/** Written by scripts/referees/architectures.py. */
type Case = RefereedCase<LatentGenerator | CriticOptions>;

const { cases } = JSON.parse(readFileSync('test/fixtures/referees/architectures.json', 'utf8')) as {
  readonly cases: Readonly<Record<string, Case>>;
};

useNativeBackend();

describe.each(Object.entries(cases))('%s, against PyTorch in float64', (_, given) => {
  test('has its parameters', () => {
    expectParameters(networkOf(given), given.weights);
  });

  test('has its outputs, and their gradients', () => {
    const network = networkOf(given);
    const input = tf.tensor([...given.input], [given.batch, ...network.inputShape]);
    const coefficients = tf.tensor([...given.coefficients], [given.batch, ...network.outputShape]);
    const weights = weightsOf(network, given.weights);
    expect(errorOf(valuesOf(network.forward(weights, input)), given.output)).toBeLessThan(1e-5);
    const { gradients } = lossAndGradients(weights, (values) =>
      network.forward(values, input).mul(coefficients).sum(),
    );
    expectGradients(gradients, given.gradients);
  });
});

const penalised = Object.entries(cases).flatMap(([name, { penalty, ...given }]) =>
  penalty === undefined ? [] : [[name, { ...given, penalty }] as const],
);

test.each(penalised)('%s has the gradient penalty of PyTorch, and the gradients of that', (_, given) => {
  const network = networkOf(given);
  const twoSided = required(
    penaltyOf({ type: 'gradient_penalty', lambda: 10, form: 'two_sided' }),
    'a penalty',
  );
  const { fake, mix, value, gradients } = given.penalty;
  const samples = (values: Numbers) => tf.tensor([...values], [given.batch, ...given.sample]);
  const batch = { real: samples(given.input), fake: samples(fake), draws: { mix: tf.tensor1d([...mix]) } };
  const found = lossAndGradients(weightsOf(network, given.weights), (values) =>
    gradientPenalty(network, values, twoSided, batch),
  );
  expect(Math.abs((valuesOf(found.loss)[0] ?? NaN) - value)).toBeLessThan(1e-5 * Math.max(1, value));
  expectGradients(found.gradients, gradients);
});

function networkOf({ options, sample }: Case): Network {
  const network = 'z_dim' in options ? generatorNetwork(options, sample) : criticNetwork(options, sample);
  if (!network.ok) throw new Error(network.error);
  return network.value;
}

import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import type { CriticOptions, LatentGenerator } from '../../src/networks/architectures.js';
import { criticNetwork, generatorNetwork } from '../../src/tensor/architectures.js';
import { gradientPenalty, penaltyOf } from '../../src/tensor/gradient-penalty.js';
import { lossAndGradients } from '../../src/tensor/loss-and-gradients.js';
import type { Network, Weights } from '../../src/tensor/network.js';
import * as tf from '../../src/tensor/tf.js';
import { useNativeBackend, valuesOf } from './support.js';

type Numbers = readonly number[];
type Gradients = Readonly<Record<string, Numbers>>;

/** Written by scripts/referees/architectures.py. */
interface Case {
  readonly options: LatentGenerator | CriticOptions;
  readonly sample: Numbers;
  readonly batch: number;
  readonly weights: Gradients;
  readonly input: Numbers;
  readonly output: Numbers;
  readonly coefficients: Numbers;
  readonly gradients: Gradients;
  readonly penalty?: {
    readonly fake: Numbers;
    readonly mix: Numbers;
    readonly value: number;
    readonly gradients: Gradients;
  };
}

const { cases } = JSON.parse(readFileSync('test/fixtures/referees/architectures.json', 'utf8')) as {
  readonly cases: Readonly<Record<string, Case>>;
};

useNativeBackend();

describe.each(Object.entries(cases))('%s, against PyTorch in float64', (_, given) => {
  test('has its parameters', () => {
    const sizes = networkOf(given).parameters.map(({ name, shape }) => [name, shape.reduce((a, b) => a * b)]);
    const expected = Object.entries(given.weights).map(([name, values]) => [name, values.length]);
    expect(Object.fromEntries(sizes)).toEqual(Object.fromEntries(expected));
  });

  test('has its outputs, and their gradients', () => {
    const network = networkOf(given);
    const input = tf.tensor([...given.input], [given.batch, ...network.inputShape]);
    const coefficients = tf.tensor([...given.coefficients], [given.batch, ...network.outputShape]);
    const weights = weightsOf(network, given);
    expect(errorOf(valuesOf(network.forward(weights, input)), given.output)).toBeLessThan(1e-5);
    const { gradients } = lossAndGradients(weights, (values) =>
      network.forward(values, input).mul(coefficients).sum(),
    );
    compare(gradients, given.gradients);
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
  const found = lossAndGradients(weightsOf(network, given), (values) =>
    gradientPenalty(network, values, twoSided, batch),
  );
  expect(Math.abs((valuesOf(found.loss)[0] ?? NaN) - value)).toBeLessThan(1e-5 * Math.max(1, value));
  compare(found.gradients, gradients);
});

function networkOf({ options, sample }: Case): Network {
  const network = 'z_dim' in options ? generatorNetwork(options, sample) : criticNetwork(options, sample);
  if (!network.ok) throw new Error(network.error);
  return network.value;
}

function weightsOf({ parameters }: Network, { weights }: Case): Weights {
  return Object.fromEntries(
    parameters.map(({ name, shape }) => [name, tf.tensor([...required(weights[name], name)], [...shape])]),
  );
}

function compare(found: Readonly<Record<string, tf.Tensor>>, expected: Gradients): void {
  const whole = largest(Object.values(expected).flat());
  for (const [name, values] of Object.entries(expected)) {
    // Nothing leads from some weights to a penalty.
    const gradient = found[name];
    const own = gradient === undefined ? new Float32Array(values.length) : valuesOf(gradient);
    expect(own.length).toBe(values.length);
    // What is 0 by symmetry, as the gradient of a bias before batch norm, is rounding alone.
    const isZero = largest(values) < 1e-9 * whole;
    const scale = Math.max(largest(values), (isZero ? 1e-2 : 1e-3) * whole);
    expect(largest(own.map((value, at) => value - (values[at] ?? NaN))) / scale, name).toBeLessThan(1e-4);
  }
}

const largest = (values: Iterable<number>) => Math.max(...Array.from(values, Math.abs));

/** The largest difference, relative to the largest value. */
function errorOf(found: Float32Array, expected: Numbers): number {
  expect(found.length).toBe(expected.length);
  return largest(found.map((value, at) => value - (expected[at] ?? NaN))) / largest(expected);
}

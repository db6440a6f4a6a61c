import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { RandomStream } from '../../src/base/streams.js';
import type { CriticOptions } from '../../src/networks/architectures.js';
import { criticNetwork } from '../../src/tensor/architectures.js';
import { lossAndGradients } from '../../src/tensor/loss-and-gradients.js';
import type { Network, Weights } from '../../src/tensor/network.js';
import { spectrallyNormalised } from '../../src/tensor/spectral-norm.js';
import * as tf from '../../src/tensor/tf.js';
import { Trainer } from '../../src/tensor/trainer.js';
import { modelOf, recordedSamples, useNativeBackend, valuesOf } from './support.js';

type Values = Readonly<Record<string, readonly number[]>>;

/** Written by scripts/referees/training.py. */
interface Case {
  readonly critic: CriticOptions;
  readonly shape: readonly number[];
  readonly batch: number;
  readonly input: readonly number[];
  readonly coefficients: readonly number[];
  readonly weights: Values;
  readonly scores: readonly number[];
  readonly gradients: Values;
  readonly singular_values: Readonly<Record<string, number>>;
}

const { cases } = JSON.parse(readFileSync('test/fixtures/referees/spectral_norm.json', 'utf8')) as {
  readonly cases: Readonly<Record<string, Case>>;
};

useNativeBackend();

function setUp({ critic: options, shape, weights: values }: Case, bound = 1, powerIterations = 1) {
  const plain = criticNetwork(options, shape);
  if (!plain.ok) throw new Error(plain.error);
  const critic = spectrallyNormalised(plain.value, { bound, powerIterations });
  const buffers = critic.buffers ?? [];
  const weights: Weights = Object.fromEntries(
    [...critic.parameters, ...buffers].map(({ name, shape }) => [
      name,
      tf.tensor([...required(values[name], name)], [...shape]),
    ]),
  );
  return { critic, plain: plain.value, weights };
}

const refreshed = (critic: Network, weights: Weights): Weights => ({
  ...weights,
  ...critic.refresh?.(weights),
});

const largest = (values: Iterable<number>) => Math.max(...Array.from(values, Math.abs));

describe.each(Object.entries(cases))('%s', (_, given) => {
  const { batch, shape } = given;

  test('scores, and gradients through the singular value, are those of PyTorch', () => {
    const { critic, weights } = setUp(given);
    const input = tf.tensor([...given.input], [batch, ...shape]);
    const found = valuesOf(critic.forward(weights, input));
    expect(largest(found.map((score, index) => score - (given.scores[index] ?? NaN)))).toBeLessThan(1e-5);
    const names = critic.parameters.map(({ name }) => name);
    const trained = Object.fromEntries(names.map((name) => [name, required(weights[name], name)]));
    const coefficients = tf.tensor([...given.coefficients], [batch, 1]);
    const { gradients } = lossAndGradients(trained, (values) =>
      critic
        .forward({ ...weights, ...values }, input)
        .mul(coefficients)
        .sum(),
    );
    expect(Object.keys(given.gradients).sort()).toEqual(names.toSorted());
    for (const [name, expected] of Object.entries(given.gradients)) {
      const gradient = valuesOf(required(gradients[name], name));
      const error = largest(gradient.map((value, index) => value - (expected[index] ?? NaN)));
      expect(error, name).toBeLessThan(1e-4 * Math.max(largest(expected), 1e-3));
    }
  });

  test('power iteration finds the largest singular value, from below: that of the SVD', () => {
    const { critic, weights } = setUp(given, 1, 300);
    const { critic: once } = setUp(given);
    const after = refreshed(critic, weights);
    for (const [name, expected] of Object.entries(given.singular_values)) {
      const norm = (of: Weights) => {
        const w = required(of[name], name);
        const matrix = w.reshape<tf.Tensor2D>([-1, w.shape.at(-1) ?? 1]);
        const direction = required(of[`${name}/direction`], name).reshape<tf.Tensor2D>([-1, 1]);
        return required(valuesOf(tf.matMul(matrix, direction).norm())[0], 'a norm');
      };
      expect(Math.abs(norm(after) - expected)).toBeLessThan(2e-4 * expected);
      expect(norm(refreshed(once, weights))).toBeGreaterThanOrEqual(norm(weights) * (1 - 1e-6));
      expect(norm(weights)).toBeLessThanOrEqual(expected * (1 + 1e-6));
    }
  });
});

test('the slope of a normalised MLP is no more than the bound to the power of its layers', () => {
  const given = required(cases['mlp'], 'a case');
  for (const bound of [1, 0.5]) {
    const { critic, weights } = setUp(given, bound, 300);
    const after = refreshed(critic, weights);
    const stream = new RandomStream({ seed: 1, purpose: 'points' });
    const points = tf.tensor(stream.normal(3 * 500), [500, 3]);
    const slopes = tf.grad((x) => critic.forward(after, x))(points);
    const steepest = largest(valuesOf(slopes.square().sum(1).sqrt()));
    expect(steepest).toBeLessThanOrEqual(bound ** 3 * (1 + 1e-3));
    expect(steepest).toBeGreaterThan(0.05 * bound ** 3);
  }
});

test('a normalised critic stays bounded in training, where one without a constraint grows', () => {
  const data = new RandomStream({ seed: 2, purpose: 'data' }).normal(2 * 64).map((value) => 3 + value);
  const estimateAfter = (model: ReturnType<typeof modelOf>) => {
    const options = { criticIterations: { type: 'constant', count: 5 }, batchSize: 16, seed: 1 } as const;
    const trainer = new Trainer(model, recordedSamples([2], data), options);
    const estimates = Array.from({ length: 60 }, () => model.objective.estimate.of(trainer.iterate().critic));
    trainer.dispose();
    return largest(estimates);
  };
  const normalised = { spectralNorm: { bound: 1, powerIterations: 1 } };
  const constraint = { type: 'spectral_norm' } as const;
  // 1-Lipschitz: no more than the distance of the data, which is about 4, to where the generator begins.
  expect(estimateAfter(modelOf({ ...normalised, constraint }))).toBeLessThan(6);
  expect(estimateAfter(modelOf({ constraint: { type: 'none' } }))).toBeGreaterThan(6);
});

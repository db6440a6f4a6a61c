import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { RandomStream } from '../../src/base/streams.js';
import type { CriticOptions } from '../../src/networks/architectures.js';
import { criticNetwork } from '../../src/tensor/architectures.js';
import type { PenaltyConstraint } from '../../src/tensor/constraint.js';
import { gradientPenalty, penaltyOf } from '../../src/tensor/gradient-penalty.js';
import { lossAndGradients } from '../../src/tensor/loss-and-gradients.js';
import type { Network, Weights } from '../../src/tensor/network.js';
import * as tf from '../../src/tensor/tf.js';
import { linearNetwork, useNativeBackend, valuesOf } from './support.js';

/** Written by scripts/referees/training.py. */
interface Case {
  readonly constraint: PenaltyConstraint;
  readonly critic: CriticOptions;
  readonly shape: readonly number[];
  readonly batch: number;
  readonly real: readonly number[];
  readonly fake: readonly number[];
  readonly mix: readonly number[];
  readonly noise: readonly number[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly penalty: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const { cases } = JSON.parse(readFileSync('test/fixtures/referees/gradient_penalty.json', 'utf8')) as {
  readonly cases: Readonly<Record<string, Case>>;
};

useNativeBackend();

const largest = (values: Iterable<number>) => Math.max(...Array.from(values, Math.abs));

/** The penalty and its gradients by the weights' names. */
function penaltyAndGradients(
  constraint: PenaltyConstraint,
  critic: Network,
  values: Readonly<Record<string, readonly number[]>>,
  batch: Parameters<typeof gradientPenalty>[3],
) {
  const penalty = required(penaltyOf(constraint), 'a penalty');
  const weights: Weights = Object.fromEntries(
    critic.parameters.map(({ name, shape }) => [
      name,
      tf.tensor([...required(values[name], name)], [...shape]),
    ]),
  );
  const found = lossAndGradients(weights, (given) => gradientPenalty(critic, given, penalty, batch));
  const gradients = Object.entries(found.gradients).map(
    ([name, gradient]) => [name, valuesOf(gradient)] as const,
  );
  return { penalty: required(valuesOf(found.loss)[0], 'penalty'), gradients: new Map(gradients) };
}

describe('against PyTorch, in float64', () => {
  test.each(Object.entries(cases))('%s', (_, given) => {
    const critic = criticNetwork(given.critic, given.shape);
    if (!critic.ok) throw new Error(critic.error);
    expect(critic.value.parameters.map(({ name }) => name).sort()).toEqual(Object.keys(given.weights).sort());
    const samples = (values: readonly number[]) => tf.tensor([...values], [given.batch, ...given.shape]);
    const draws = { mix: tf.tensor1d([...given.mix]), noise: samples(given.noise) };
    const batch = { real: samples(given.real), fake: samples(given.fake), draws };
    const { penalty, gradients } = penaltyAndGradients(given.constraint, critic.value, given.weights, batch);
    expect(Math.abs(penalty - given.penalty)).toBeLessThan(1e-5 * Math.max(1, given.penalty));
    const whole = largest(Object.values(given.gradients).flat());
    expect(whole).toBeGreaterThan(0.01);
    for (const [name, expected] of Object.entries(given.gradients)) {
      // Nothing depends on the last offset.
      const found = gradients.get(name) ?? new Float32Array(expected.length);
      expect(found.length).toBe(expected.length);
      const error = largest(found.map((value, index) => value - (expected[index] ?? NaN)));
      expect(error, name).toBeLessThanOrEqual(1e-4 * Math.max(largest(expected), 1e-3 * whole));
    }
  });
});

describe('of a linear critic', () => {
  const critic = linearNetwork('linear', 3, 1);
  const noise = (purpose: string) => tf.tensor(new RandomStream({ seed: 1, purpose }).normal(12), [4, 3]);
  const twoSided = { type: 'gradient_penalty', lambda: 10, form: 'two_sided' } as const;
  const of = (w: readonly number[], constraint: PenaltyConstraint = twoSided) =>
    penaltyAndGradients(
      constraint,
      critic,
      { 'linear/weights': w, 'linear/bias': [7] },
      {
        real: noise('real'),
        fake: noise('fake'),
        draws: { mix: tf.tensor1d([0, 0.3, 0.6, 0.99]), noise: noise('noise') },
      },
    );

  test.each([[[2, -1, 2]], [[0.1, 0.2, -0.2]], [[1, 0, 0]]])(
    'w = %j: it is (|w| - 1)^2, and its gradient 2 (|w| - 1) w / |w|',
    (w) => {
      const norm = Math.hypot(...w);
      const { penalty, gradients } = of(w);
      expect(penalty).toBeCloseTo((norm - 1) ** 2, 5);
      const found = [...required(gradients.get('linear/weights'), 'weights')];
      w.forEach((value, index) => expect(found[index]).toBeCloseTo((2 * (norm - 1) * value) / norm, 5));
      expect(gradients.has('linear/bias')).toBe(false);
    },
  );

  test('that is flat, it is 1, and moves nothing', () => {
    const { penalty, gradients } = of([0, 0, 0]);
    expect(penalty).toBeCloseTo(1, 5);
    expect([...required(gradients.get('linear/weights'), 'weights')]).toEqual([0, 0, 0]);
  });

  test('from one side, only what is steeper than 1 is penalised', () => {
    const constraint = { ...twoSided, form: 'one_sided' } as const;
    const steep = of([2, -1, 2], constraint);
    expect(steep.penalty).toBeCloseTo((3 - 1) ** 2, 5);
    expect(steep.gradients).toEqual(of([2, -1, 2]).gradients);
    const flat = of([0.1, 0.2, -0.2], constraint);
    expect(flat.penalty).toBe(0);
    expect([...required(flat.gradients.get('linear/weights'), 'weights')]).toEqual([0, 0, 0]);
  });

  test('R1 is |w|^2, and its gradient 2 w, whatever the samples are', () => {
    const { penalty, gradients } = of([2, -1, 2], { type: 'r1', gamma: 10 });
    expect(penalty).toBeCloseTo(9, 5);
    expect([...required(gradients.get('linear/weights'), 'weights')]).toEqual([4, -2, 4]);
  });
});

test('the factor of R1 is gamma / 2, as in its paper', () => {
  expect(penaltyOf({ type: 'r1', gamma: 10 })?.factor).toBe(5);
  expect(penaltyOf({ type: 'dragan', lambda: 10, spread: 0.5 })?.factor).toBe(10);
});

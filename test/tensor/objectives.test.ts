import { describe, expect, test } from 'vitest';

import { objectiveOf, type ObjectiveOptions } from '../../src/tensor/objectives.js';
import * as tf from '../../src/tensor/tf.js';
import { useNativeBackend, valuesOf } from './support.js';

useNativeBackend();

/** Data p = N(1/2, 1) and samples q = N(-1/2, 1), whose log ratio is log(p / q) = x. */
const mean = 0.5;
const density = (x: number, at: number) => Math.exp(-((x - at) ** 2) / 2) / Math.sqrt(2 * Math.PI);
const p = (x: number) => density(x, mean);
const q = (x: number) => density(x, -mean);

const points = Array.from({ length: 4001 }, (_, index) => -10 + index / 200);
const integral = (f: (x: number) => number) => points.reduce((sum, x) => sum + f(x) / 200, 0);

/** The optimal critic as a function of the log ratio, and what its loss then comes to by numerical integration. */
interface Optimum {
  readonly objective: ObjectiveOptions;
  readonly critic: (logRatio: number) => number;
  readonly divergence: number;
}

const fGan = (divergence: Extract<ObjectiveOptions, { type: 'f_gan' }>['divergence']) =>
  ({ type: 'f_gan', divergence }) as const;
const mixture = (x: number) => (p(x) + q(x)) / 2;
const jensenShannon = integral(
  (x) => (p(x) * Math.log(p(x) / mixture(x)) + q(x) * Math.log(q(x) / mixture(x))) / 2,
);
const totalVariation = integral((x) => Math.abs(p(x) - q(x)) / 2);

/** Where an optimal critic is infinite: far enough. */
const far = 40;

const optima: readonly Optimum[] = [
  { objective: { type: 'non_saturating' }, critic: (r) => r, divergence: jensenShannon },
  { objective: { type: 'minimax' }, critic: (r) => r, divergence: jensenShannon },
  {
    objective: { type: 'least_squares' },
    critic: (r) => 1 / (1 + Math.exp(-r)),
    divergence: integral((x) => (p(x) - q(x)) ** 2 / (p(x) + q(x))),
  },
  { objective: { type: 'hinge' }, critic: Math.sign, divergence: totalVariation },
  // KL of two Gaussians of variance 1: half the squared distance of their means.
  { objective: fGan('kl'), critic: (r) => 1 + r, divergence: 0.5 },
  { objective: fGan('reverse_kl'), critic: (r) => r, divergence: 0.5 },
  { objective: fGan('jensen_shannon'), critic: (r) => r, divergence: jensenShannon },
  // e^(d^2) - 1 of means a distance d apart.
  { objective: fGan('pearson'), critic: (r) => 2 * (Math.exp(r) - 1), divergence: Math.E - 1 },
  // 2 (1 - e^(-d^2 / 8))
  { objective: fGan('squared_hellinger'), critic: (r) => r / 2, divergence: 2 * (1 - Math.exp(-1 / 8)) },
  { objective: fGan('total_variation'), critic: (r) => far * Math.sign(r), divergence: totalVariation },
];

/**
 * The loss of a critic over two distributions, by a sum over points with a weight each: a loss is a sum of an
 * expectation over real scores and one over fake scores.
 */
function lossOf({ objective }: Pick<Optimum, 'objective'>, critic: (logRatio: number) => number): number {
  const { criticLoss } = objectiveOf(objective);
  const score = (r: number) => tf.tensor2d([[critic(r)]]);
  const loss = (real: number, fake: number) =>
    tf.tidy(() => valuesOf(criticLoss(score(real), score(fake)))[0] ?? NaN);
  // At one point for the other distribution, which cancels: both weights sum to 1.
  const anchor = loss(0, 0);
  const step = 1 / 20;
  const coarse = Array.from({ length: 321 }, (_, index) => -8 + index * step);
  return coarse.reduce((sum, x) => {
    const [ofReal, ofFake] = [loss(x, 0) - anchor, loss(0, x) - anchor];
    return sum + step * (p(x) * ofReal + q(x) * ofFake);
  }, anchor);
}

describe('the optimal critic of two Gaussians reaches the divergence that the estimate is named after', () => {
  test.each(optima.map((optimum) => [JSON.stringify(optimum.objective), optimum] as const))(
    '%s',
    (_, { objective, critic, divergence }) => {
      const { estimate } = objectiveOf(objective);
      const reached = estimate.of(lossOf({ objective }, critic));
      expect(Math.abs(reached - divergence)).toBeLessThan(2e-3);
      // Others find less: it is a lower bound.
      for (const other of [(r: number) => critic(0.7 * r), (r: number) => critic(r + 0.3)]) {
        expect(estimate.of(lossOf({ objective }, other))).toBeLessThan(reached + 1e-4);
      }
    },
  );
});

test('an estimate of equal distributions is 0 at most', () => {
  for (const { objective, critic } of optima) {
    const { criticLoss, estimate } = objectiveOf(objective);
    const scores = tf.tensor2d([-1, 0, 0.5, 2].map((r) => [critic(r)]));
    const value = estimate.of(valuesOf(criticLoss(scores, scores))[0] ?? NaN);
    expect(value, JSON.stringify(objective)).toBeLessThan(1e-6);
  }
});

describe('the generator moves its samples to where the critic scores higher', () => {
  const all: readonly ObjectiveOptions[] = [
    { type: 'wasserstein' },
    ...optima.map(({ objective }) => objective),
  ];
  test.each(all.map((objective) => [JSON.stringify(objective), objective] as const))('%s', (_, objective) => {
    const { generatorLoss } = objectiveOf(objective);
    const slope = tf.grad((scores) => generatorLoss(scores))(tf.tensor2d([[-0.5]]));
    expect(valuesOf(slope)[0]).toBeLessThan(0);
  });
});

import { mean } from './gradients.js';
import type * as tf from './tf.js';

/**
 * What critic and generator play for. Scores are the critic's linear outputs, [batch, 1]; both losses are
 * scalars to minimise.
 */
export interface Objective {
  readonly criticLoss: (real: tf.Tensor, fake: tf.Tensor) => tf.Scalar;
  readonly generatorLoss: (fake: tf.Tensor) => tf.Scalar;
  /** What the critic has found out about the distance between the two distributions, from its loss. */
  readonly estimate: { readonly name: string; readonly of: (criticLoss: number) => number };
}

export type ObjectiveName = 'wasserstein' | 'non_saturating' | 'minimax';

/**
 * arXiv 1701.07875, Algorithm 1: the critic f ascends E[f(real)] - E[f(fake)], the generator ascends E[f(fake)].
 * The estimate is the first of these: the Wasserstein-1 distance times the critic's unknown Lipschitz bound.
 */
const wasserstein: Objective = {
  criticLoss: (real, fake) => mean(fake).sub(mean(real)),
  generatorLoss: (fake) => mean(fake).neg(),
  estimate: { name: 'wasserstein_estimate', of: (criticLoss) => -criticLoss },
};

/**
 * Goodfellow et al. 2014, with D = sigmoid(score): -E[log D(real)] - E[log(1 - D(fake))]. Written with
 * softplus(s) = log(1 + e^s) = -log(1 - D), which neither overflows nor cancels.
 */
const discriminatorLoss: Objective['criticLoss'] = (real, fake) =>
  mean(real.neg().softplus()).add(mean(fake.softplus()));

/**
 * log 2 + (E[log D(real)] + E[log(1 - D(fake))]) / 2, in nats: a lower bound of the Jensen-Shannon divergence,
 * reached by the optimal discriminator (arXiv 1701.07875, section 4.2 and figure 4). At most log 2 = 0.693.
 */
const jensenShannon: Objective['estimate'] = {
  name: 'js_estimate',
  of: (criticLoss) => Math.LN2 - criticLoss / 2,
};

const objectives: Readonly<Record<ObjectiveName, Objective>> = {
  wasserstein,
  non_saturating: {
    criticLoss: discriminatorLoss,
    // -E[log D(fake)]
    generatorLoss: (fake) => mean(fake.neg().softplus()),
    estimate: jensenShannon,
  },
  minimax: {
    criticLoss: discriminatorLoss,
    // E[log(1 - D(fake))]
    generatorLoss: (fake) => mean(fake.softplus()).neg(),
    estimate: jensenShannon,
  },
};

export function objectiveNamed(name: ObjectiveName): Objective {
  return objectives[name];
}

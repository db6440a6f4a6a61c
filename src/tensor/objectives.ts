import { constant } from './constants.js';
import { f, type Divergence } from './f-divergences.js';
import { mean, relu } from './gradients.js';
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

export type ObjectiveOptions =
  | { readonly type: 'wasserstein' | 'non_saturating' | 'minimax' | 'least_squares' | 'hinge' }
  | { readonly type: 'f_gan'; readonly divergence: Divergence };

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

/**
 * Mao et al. 2017 (arXiv 1611.04076, equation 2 with a = 0, b = c = 1). The optimal critic's loss is 1/4 - D / 8 with the
 * triangular discrimination D, the integral of (p - q)^2 / (p + q): the estimate is a lower bound of D, at most 2.
 */
const leastSquares: Objective = {
  criticLoss: (real, fake) => halfMeanSquare(real.sub(constant(1))).add(halfMeanSquare(fake)),
  generatorLoss: (fake) => halfMeanSquare(fake.sub(constant(1))),
  estimate: { name: 'triangular_estimate', of: (criticLoss) => 2 - 8 * criticLoss },
};

function halfMeanSquare(x: tf.Tensor): tf.Scalar {
  return mean(x.mul(x)).mul(constant(0.5));
}

/**
 * Lim and Ye 2017 (arXiv 1705.02894), as in spectrally normalised GANs (arXiv 1802.05957, equations 16 and 17). The optimal
 * critic's loss is 2 (1 - TV), with the total variation TV in [0, 1]: the estimate is a lower bound of TV.
 */
const hinge: Objective = {
  criticLoss: (real, fake) => mean(relu(constant(1).sub(real))).add(mean(relu(constant(1).add(fake)))),
  generatorLoss: (fake) => mean(fake).neg(),
  estimate: { name: 'tv_estimate', of: (criticLoss) => 1 - criticLoss / 2 },
};

/**
 * Nowozin et al. 2016 (arXiv 1606.00709, equation 6): the critic V ascends F = E[g(V(real))] - E[f*(g(V(fake)))], the
 * generator descends it. F is a lower bound of the divergence, which the optimal critic reaches.
 */
function fGan(divergence: Divergence): Objective {
  const { activated, conjugate, estimate } = f[divergence];
  return {
    criticLoss: (real, fake) => mean(conjugate(fake)).sub(mean(activated(real))),
    generatorLoss: (fake) => mean(conjugate(fake)).neg(),
    estimate: { name: estimate.name, of: (criticLoss) => -criticLoss / estimate.times },
  };
}

export function objectiveOf(options: ObjectiveOptions): Objective {
  switch (options.type) {
    case 'wasserstein':
      return wasserstein;
    case 'non_saturating':
      return {
        criticLoss: discriminatorLoss,
        // -E[log D(fake)]
        generatorLoss: (fake) => mean(fake.neg().softplus()),
        estimate: jensenShannon,
      };
    case 'minimax':
      return {
        criticLoss: discriminatorLoss,
        // E[log(1 - D(fake))]
        generatorLoss: (fake) => mean(fake.softplus()).neg(),
        estimate: jensenShannon,
      };
    case 'least_squares':
      return leastSquares;
    case 'hinge':
      return hinge;
    case 'f_gan':
      return fGan(options.divergence);
  }
}

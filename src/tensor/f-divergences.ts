import { constant } from './constants.js';
import { tanh } from './gradients.js';
import type * as tf from './tf.js';

export type Divergence =
  'kl' | 'reverse_kl' | 'jensen_shannon' | 'pearson' | 'squared_hellinger' | 'total_variation';

interface FDivergence {
  /** g(v), the critic's output brought into the domain of f*. */
  readonly activated: (v: tf.Tensor) => tf.Tensor;
  /** f*(g(v)), simplified. */
  readonly conjugate: (v: tf.Tensor) => tf.Tensor;
  /** What the bound is a bound of, `times` over. */
  readonly estimate: { readonly name: string; readonly times: number };
}

/**
 * The f-divergences of Nowozin et al. 2016 (arXiv 1606.00709, tables 1, 2 and 6) of the data p and the samples q, by the
 * output activation g and the convex conjugate f* of each:
 *
 *     kl                 g = v                     f*(t) = exp(t - 1)         KL(p, q)
 *     reverse_kl         g = -exp(-v)              f*(t) = -1 - log(-t)       KL(q, p)
 *     jensen_shannon     g = log 2 - log(1 + e^-v) f*(t) = -log(2 - e^t)      2 JS(p, q)
 *     pearson            g = v                     f*(t) = t^2 / 4 + t        integral of (p - q)^2 / q
 *     squared_hellinger  g = 1 - exp(-v)           f*(t) = t / (1 - t)        integral of (sqrt(p) - sqrt(q))^2
 *     total_variation    g = tanh(v) / 2           f*(t) = t                  integral of |p - q| / 2
 */
export const f: Readonly<Record<Divergence, FDivergence>> = {
  kl: {
    activated: (v) => v,
    conjugate: (v) => v.sub(constant(1)).exp(),
    estimate: { name: 'kl_estimate', times: 1 },
  },
  reverse_kl: {
    activated: (v) => v.neg().exp().neg(),
    conjugate: (v) => v.sub(constant(1)),
    estimate: { name: 'reverse_kl_estimate', times: 1 },
  },
  jensen_shannon: {
    activated: (v) => constant(Math.LN2).sub(v.neg().softplus()),
    conjugate: (v) => v.softplus().sub(constant(Math.LN2)),
    estimate: { name: 'js_estimate', times: 2 },
  },
  pearson: {
    activated: (v) => v,
    conjugate: (v) => v.mul(v).mul(constant(0.25)).add(v),
    estimate: { name: 'pearson_estimate', times: 1 },
  },
  squared_hellinger: {
    activated: (v) => constant(1).sub(v.neg().exp()),
    conjugate: (v) => v.exp().sub(constant(1)),
    estimate: { name: 'squared_hellinger_estimate', times: 1 },
  },
  total_variation: {
    activated: (v) => tanh(v).mul(constant(0.5)),
    conjugate: (v) => tanh(v).mul(constant(0.5)),
    estimate: { name: 'tv_estimate', times: 1 },
  },
};

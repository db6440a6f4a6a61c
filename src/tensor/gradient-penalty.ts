import { required } from '../base/invariant.js';
import { constant, constantOf } from './constants.js';
import type { Constraint, PenaltyConstraint } from './constraint.js';
import { mean } from './gradients.js';
import type { Network, Weights } from './network.js';
import { inverseRoot, rowSums } from './smooth.js';
import * as tf from './tf.js';

/** Beside a squared norm below its root, where the derivative would be infinite at 0. */
const epsilon = 1e-12;

/** What a penalty is computed from, of one critic step. */
interface PenaltyBatch {
  /** [batch, ...sample shape], as is `fake`. */
  readonly real: tf.Tensor;
  readonly fake: tf.Tensor;
  /** Of real and fake samples alike, where the critic is told them: points between the two are of the same. */
  readonly classes?: tf.Tensor | undefined;
  /** What the penalty draws; see draws.ts for the shapes. */
  readonly draws: PenaltyDraws;
}

/** Random numbers, uniform in [0, 1), that say where a penalty looks. */
export type PenaltyDraws = Readonly<Partial<Record<PenaltyDraw, tf.Tensor>>>;
/** `mix` is [batch]: how far along a line; `noise` is [batch, ...sample shape]. */
export type PenaltyDraw = 'mix' | 'noise';

/** A penalty on the norm of the critic’s gradient with respect to its input, at some points x: factor E[h(|grad f(x)|)]. */
export interface Penalty {
  /** Lambda, or gamma / 2. */
  readonly factor: number;
  readonly draws: readonly PenaltyDraw[];
  /** x: [batch, ...sample shape]. */
  readonly points: (batch: PenaltyBatch) => tf.Tensor;
  /** h, of squared norms [batch, 1]; differentiable once. */
  readonly of: (squaredNorms: tf.Tensor) => tf.Tensor;
}

export function penaltyOf(constraint: Constraint): Penalty | undefined {
  switch (constraint.type) {
    case 'none':
    case 'spectral_norm':
    case 'clip':
      return undefined;
    case 'gradient_penalty':
    case 'dragan':
    case 'r1':
      return penaltyNamed(constraint);
  }
}

function penaltyNamed(constraint: PenaltyConstraint): Penalty {
  switch (constraint.type) {
    // WGAN-GP: (|grad| - 1)^2, arXiv 1704.00028, section 4 and Algorithm 1; WGAN-LP: max(0, |grad| - 1)^2, arXiv
    // 1709.08894, equation 8. One point for each pair of real and fake, somewhere on the line between them.
    case 'gradient_penalty': {
      const of = constraint.form === 'two_sided' ? squaredDeviation : squaredExcess;
      return { factor: constraint.lambda, draws: ['mix'], points: between, of };
    }
    // DRAGAN, arXiv 1705.07215, Algorithm 1, with the noise of its authors' code.
    case 'dragan':
      return {
        factor: constraint.lambda,
        draws: ['mix', 'noise'],
        points: (batch) => around(batch, constraint.spread),
        of: squaredDeviation,
      };
    // R1: (gamma / 2) E[|grad f(real)|^2], arXiv 1801.04406, equation 9.
    case 'r1':
      return {
        factor: constraint.gamma / 2,
        draws: [],
        points: ({ real }) => real,
        of: (squared) => squared,
      };
  }
}

/** E[h(|grad f(x)|)], without the factor. */
export function gradientPenalty(
  critic: Network,
  weights: Weights,
  penalty: Penalty,
  batch: PenaltyBatch,
): tf.Scalar {
  const points = penalty.points(batch);
  // The gradient of the sum of all scores: a score depends on its own sample alone.
  const slopes = tf.grad((x) => critic.forward(weights, x, batch.classes))(
    points,
    constantOf([points.shape[0], 1], 1),
  );
  const flat = slopes.reshape<tf.Tensor2D>([points.shape[0], -1]);
  return mean(penalty.of(rowSums(flat.mul(flat))));
}

/** fake + mix (real - fake) */
export function between({ real, fake, draws: { mix } }: PenaltyBatch): tf.Tensor {
  return fake.add(perSample(mix, real).mul(real.sub(fake)));
}

/** real + mix spread std(real) noise, with the standard deviation of all values of the batch. */
function around({ real, draws: { mix, noise } }: PenaltyBatch, spread: number): tf.Tensor {
  const centred = real.sub(mean(real));
  const deviation = mean(centred.mul(centred)).sqrt().mul(constant(spread));
  return real.add(perSample(mix, real).mul(required(noise, 'noise')).mul(deviation));
}

function perSample(mix: tf.Tensor | undefined, { shape }: tf.Tensor): tf.Tensor {
  return required(mix, 'mix').reshape(shape.map((size, axis) => (axis === 0 ? size : 1)));
}

/** (sqrt(s) - 1)^2 of a squared norm s, with the derivative 1 - 1 / sqrt(s). */
const squaredDeviation = deviationBy(
  (deviation) => deviation,
  (derivative) => derivative,
);

/** max(0, sqrt(s) - 1)^2, with the derivative max(0, 1 - 1 / sqrt(s)). */
const squaredExcess = deviationBy(
  (deviation) => deviation.relu(),
  (derivative) => derivative.relu(),
);

function deviationBy(
  value: (deviation: tf.Tensor) => tf.Tensor,
  derivative: (derivative: tf.Tensor) => tf.Tensor,
): (squaredNorms: tf.Tensor) => tf.Tensor {
  return tf.customGrad((...inputs) => {
    const [s, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    save([s]);
    const deviation = value(s.add(constant(epsilon)).sqrt().sub(constant(1)));
    return {
      value: deviation.mul(deviation),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        dy.mul(derivative(constant(1).sub(inverseRoot(required(saved[0], 's'), epsilon)))),
    };
  });
}

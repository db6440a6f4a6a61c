import { required } from '../base/invariant.js';
import { constant, constantOf } from './constants.js';
import { mean } from './gradients.js';
import type { Network, Weights } from './network.js';
import { inverseRoot, rowSums } from './smooth.js';
import * as tf from './tf.js';

/** Beside a squared norm below its root, where the derivative would be infinite at 0. */
const epsilon = 1e-12;

/**
 * E[(|grad f(x)| - 1)^2] over points x between real and generated samples, of which there is one for each pair, at a
 * random place on the line between them (arXiv 1704.00028, section 4 and Algorithm 1); without the factor lambda.
 *
 * @param real [batch, ...sample shape], as is `fake`
 * @param mix [batch], uniform in [0, 1): the share of the real sample
 */
export function gradientPenalty(
  critic: Network,
  weights: Weights,
  { real, fake, mix }: { readonly real: tf.Tensor; readonly fake: tf.Tensor; readonly mix: tf.Tensor },
): tf.Scalar {
  const [batch = 0, ...sample] = real.shape;
  const share = mix.reshape([batch, ...sample.map(() => 1)]);
  const between = fake.add(share.mul(real.sub(fake)));
  // The gradient of the sum of all scores: a score depends on its own sample alone.
  const slopes = tf.grad((x) => critic.forward(weights, x))(between, constantOf([batch, 1], 1));
  const flat = slopes.reshape<tf.Tensor2D>([batch, -1]);
  const squaredNorms = rowSums(flat.mul(flat));
  return mean(squaredDeviation(squaredNorms));
}

/** (sqrt(s) - 1)^2 of a squared norm s, with the derivative 1 - 1 / sqrt(s). */
function squaredDeviation(squaredNorms: tf.Tensor): tf.Tensor {
  return tf.customGrad((...inputs) => {
    const [s, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    save([s]);
    const deviation = s.add(constant(epsilon)).sqrt().sub(constant(1));
    return {
      value: deviation.mul(deviation),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        dy.sub(dy.mul(inverseRoot(required(saved[0], 's'), epsilon))),
    };
  })(squaredNorms);
}

import { required } from '../base/invariant.js';
import * as tf from './tf.js';

/**
 * Functions whose gradient TensorFlow.js would unfold into many small kernels, with the gradient written out.
 * Their second derivatives are not defined for TensorFlow.js: where a penalty differentiates a gradient,
 * `normalise` must not be used (`relu` may: its second derivative is 0).
 */

/** max(x, 0). The gradient passes where x > 0, so not at 0, as in PyTorch. */
export const relu = tf.customGrad((x, save) => {
  const input = x as tf.Tensor;
  (save as tf.GradSaveFunc)([input]);
  return {
    value: input.relu(),
    gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => dy.mul(required(saved, 'x').greater(0)),
  };
});

const epsilon = 1e-5;

/**
 * Over all axes but the last, with biased variance:
 *
 *     y = gamma h + beta,   h = (x - mean) r,   r = 1 / sqrt(mean((x - mean)^2) + 1e-5)
 *
 * and, the mean being over the same axes, with n samples in it,
 *
 *     dx = gamma r (dy - mean(dy) - h mean(dy h)),   dgamma = n mean(dy h),   dbeta = n mean(dy)
 */
export function normalise(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const samples = x.size / gamma.size;
  const operation = tf.customGrad((...inputs) => {
    const [x, gamma, beta, save] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const centred = x.sub(x.mean(axes, true));
    const r = centred.square().mean(axes, true).add(epsilon).rsqrt();
    const h = centred.mul(r);
    const scale = gamma.mul(r);
    save([h, scale]);
    return {
      value: h.mul(gamma).add(beta),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [h, scale] = saved as [tf.Tensor, tf.Tensor];
        const meanDy = dy.mean(axes);
        const meanDyH = dy.mul(h).mean(axes);
        const dx = dy.sub(meanDy).sub(h.mul(meanDyH)).mul(scale);
        return [dx, meanDyH.mul(samples), meanDy.mul(samples)];
      },
    };
  });
  return operation(x, gamma, beta);
}

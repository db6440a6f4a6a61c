import { required } from '../base/invariant.js';
import { constant } from './constants.js';
import type { Weights } from './network.js';
import * as tf from './tf.js';

/**
 * A loss, and a factor times its gradients by the weights' names: of the weights that it depends on. They belong to the
 * caller, or to the `tf.tidy` around.
 */
export function lossAndGradients(
  weights: Weights,
  loss: (weights: Weights) => tf.Scalar,
  factor = 1,
): { readonly loss: tf.Scalar; readonly gradients: Readonly<Record<string, tf.Tensor>> } {
  const values = Object.values(weights);
  // Unlike `tf.valueAndGrads` this allows for weights without a gradient.
  const found = tf.tidy(() => {
    const { value, grads } = tf.engine().gradients(() => loss(weights), values, constant(factor), true);
    // Undefined where nothing leads from weight to loss, whatever the types say.
    return { value, grads: grads };
  });
  const gradients = Object.keys(weights).flatMap((name, index) => {
    const gradient = found.grads[index];
    return gradient === undefined ? [] : [[name, gradient] as const];
  });
  return { loss: required(found.value, 'a loss'), gradients: Object.fromEntries(gradients) };
}

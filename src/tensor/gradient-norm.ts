import { constant } from './constants.js';
import { rowSums } from './smooth.js';
import * as tf from './tf.js';

type Gradients = Readonly<Record<string, tf.Tensor>>;

/**
 * All gradients of a network times the same factor, so that together they are no longer than `norm` (Pascanu et al. 2013;
 * as PyTorch's `clip_grad_norm_`): min(1, norm / (|g| + 1e-6)).
 */
export function shortened(gradients: Gradients, norm: number | undefined): Gradients {
  if (norm === undefined) return gradients;
  const length = euclideanNorm(Object.values(gradients));
  const factor = tf.minimum(constant(1), constant(norm).div(length.add(constant(1e-6))));
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => [name, gradient.mul(factor)]),
  );
}

/** Of all values of all tensors: a scalar. */
export function euclideanNorm(tensors: readonly tf.Tensor[]): tf.Tensor {
  const squares = tensors.map((tensor) => {
    const row = tensor.reshape<tf.Tensor2D>([1, tensor.size]);
    return rowSums(row.mul(row)).reshape([]);
  });
  return squares.reduce((sum, square) => sum.add(square)).sqrt();
}

import type { PlacedLayer } from '../networks/placed-layers.js';
import { constant, declaredTensor } from './constants.js';
import { addBias } from './gradients.js';
import { type Layer, weight } from './network.js';
import type * as tf from './tf.js';

/** [batch, 1] of N(0, 1) to [batch, 2]: (theta, Phi(z)). The normal distribution function Phi makes z uniform in [0, 1]. */
export function parallelLine({ parameters, theta }: Extract<PlacedLayer, { type: 'parallel_line' }>): Layer {
  return {
    parameters,
    apply: (weights, z) => {
      const [across, up] = [matrixOf([1, 0]), matrixOf([0, 1])];
      const uniform = z
        .mul(constant(Math.SQRT1_2))
        .erf()
        .add(constant(1))
        .mul(constant(1 / 2));
      const place = weight(weights, theta).reshape<tf.Tensor2D>([1, 1]).matMul(across).reshape([2]);
      return addBias(uniform.matMul(up), place);
    },
  };
}

/** [batch, 1] to [batch, 1]: mean + std z. */
export function locationScale({
  parameters,
  mean,
  std,
}: Extract<PlacedLayer, { type: 'location_scale' }>): Layer {
  return {
    parameters,
    apply: (weights, z) =>
      addBias(z.matMul(weight(weights, std).reshape<tf.Tensor2D>([1, 1])), weight(weights, mean)),
  };
}

function matrixOf(row: readonly [number, number]): tf.Tensor2D {
  return declaredTensor<tf.Rank.R2>(Float32Array.from(row), [1, 2]);
}

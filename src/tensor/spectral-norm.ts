import { required } from '../base/invariant.js';
import { constant } from './constants.js';
import { type Network, type Weights } from './network.js';
import type { Parameter } from '../networks/parameter.js';
import { inverseRoot } from './smooth.js';
import * as tf from './tf.js';

export interface SpectralNorm {
  /** What the largest singular value of each weight is made. */
  readonly bound: number;
  /** Steps of power iteration before each critic step. */
  readonly powerIterations: number;
}

/**
 * The network with each of its weights W divided by the largest singular value of W (Miyato et al. 2018, arXiv
 * 1802.05957, equation 8, Algorithm 1), and multiplied by `bound`, so that each dense layer is `bound`-Lipschitz. A convolution's
 * filters are one matrix of [height width in, out] values, as there, which bounds it up to a factor. The vectors of classes are a
 * matrix, too: a last layer that is told them is 2 `bound`-Lipschitz at most. Biases and scales of norms stay as they are.
 *
 * The singular value is |W u| with a unit vector u, kept beside the weights, that power iteration turns to the direction in
 * which W is largest: |W u| is no more than that value, and its derivative by W, u standing still, is that of the value.
 */
export function spectrallyNormalised(network: Network, { bound, powerIterations }: SpectralNorm): Network {
  const bounded = network.parameters.filter(({ shape }) => shape.length > 1).map(withDirection);
  return {
    ...network,
    buffers: bounded.map(({ direction }) => direction),
    refresh: (weights) =>
      Object.fromEntries(
        bounded.map(({ parameter, direction }) => [
          direction.name,
          turned(valueOf(weights, parameter), valueOf(weights, direction), powerIterations),
        ]),
      ),
    forward: (weights, input, classes) => {
      const divided = bounded.map(({ parameter, direction }) => {
        const value = valueOf(weights, parameter);
        return [
          parameter.name,
          value.mul(inverseNorm(matrix(value), valueOf(weights, direction)).mul(constant(bound))),
        ];
      });
      return network.forward({ ...weights, ...(Object.fromEntries(divided) as Weights) }, input, classes);
    },
  };
}

interface Bounded {
  readonly parameter: Parameter;
  /** u, one value for each of the weight's outputs. */
  readonly direction: Parameter;
}

function withDirection(parameter: Parameter): Bounded {
  const shape = [required(parameter.shape.at(-1), 'outputs')];
  const direction = { name: `${parameter.name}/direction`, shape, initial: { type: 'direction' } } as const;
  return { parameter, direction };
}

const valueOf = (weights: Weights, { name }: Parameter): tf.Tensor => required(weights[name], name);

const matrix = (weight: tf.Tensor): tf.Tensor2D =>
  weight.reshape([-1, required(weight.shape.at(-1), 'outputs')]);

const column = (vector: tf.Tensor): tf.Tensor2D => vector.reshape([vector.size, 1]);

/** u = W^T v / |W^T v| with v = W u / |W u|, some times. */
function turned(weight: tf.Tensor, direction: tf.Tensor, times: number): tf.Tensor {
  const w = matrix(weight);
  let u = column(direction);
  for (let iteration = 0; iteration < times; iteration += 1) {
    const v = unit(tf.matMul(w, u));
    u = unit(tf.matMul(w, v, true, false));
  }
  return u.reshape(direction.shape);
}

const unit = (vector: tf.Tensor2D): tf.Tensor2D => vector.mul(inverseLength(vector));

/** 1 / |W u|: a scalar. */
function inverseNorm(w: tf.Tensor2D, direction: tf.Tensor): tf.Tensor {
  return inverseLength(tf.matMul(w, column(direction)));
}

/** Below the root, so that a weight of zeros stays one. */
const epsilon = 1e-24;

function inverseLength(vector: tf.Tensor2D): tf.Tensor {
  return inverseRoot(tf.matMul(vector, vector, true, false).reshape([]), epsilon);
}

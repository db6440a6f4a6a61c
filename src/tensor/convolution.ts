import { sizeOf } from '../base/shape.js';
import { addBias } from './gradients.js';
import { type Layer, weight } from './network.js';
import type { Initial, Parameter } from './parameters.js';
import * as tf from './tf.js';

export interface Convolution {
  readonly name: string;
  /** Of the filters; a sequence is an image of one row. */
  readonly size: readonly [height: number, width: number];
  readonly channelsIn: number;
  readonly channelsOut: number;
  /** 1 if not given. */
  readonly stride?: 1 | 2;
  /** Twice the variance for what a ReLU follows on, as He et al. 2015 have it. */
  readonly initial: 'he' | 'glorot';
  /** False: no bias at all. */
  readonly bias: boolean;
}

/**
 * A convolution of NHWC images with `same` padding, as TensorFlow pads: where the stride is 2 and sides are even, a 3x3
 * filter has its margin below and to the right. Filters are [height, width, in, out].
 */
export function convolution({
  name,
  size,
  channelsIn,
  channelsOut,
  stride = 1,
  initial,
  bias,
}: Convolution): Layer {
  const area = sizeOf(size);
  const [fanIn, fanOut] = [channelsIn * area, (channelsOut * area) / stride ** 2];
  const filters: Parameter = {
    name: `${name}/filters`,
    shape: [...size, channelsIn, channelsOut],
    initial: scaledUniform(initial, fanIn, fanOut),
  };
  const biases: Parameter = {
    name: `${name}/bias`,
    shape: [channelsOut],
    initial: { type: 'constant', value: 0 },
  };
  return {
    parameters: bias ? [filters, biases] : [filters],
    apply: (values, input) => {
      const convolved = convolve(input as tf.Tensor4D, weight(values, filters) as tf.Tensor4D, stride);
      return bias ? addBias(convolved, weight(values, biases)) : convolved;
    },
  };
}

/**
 * Uniform, with the variance 2 / (in + out) of Glorot and Bengio 2010, or twice that ("he"): as
 * improved_wgan_training draws all of its weights.
 */
export function scaledUniform(kind: Convolution['initial'], fanIn: number, fanOut: number): Initial {
  const variance = (kind === 'he' ? 4 : 2) / (fanIn + fanOut);
  return { type: 'uniform', bound: Math.sqrt(3 * variance) };
}

/** One pixel at a time, a convolution is a matrix product, which is faster. */
function convolve(input: tf.Tensor4D, filters: tf.Tensor4D, stride: 1 | 2): tf.Tensor {
  const [height, width, channelsIn, channelsOut] = filters.shape;
  if (height !== 1 || width !== 1 || stride !== 1) return tf.conv2d(input, filters, stride, 'same');
  const rows = input.reshape<tf.Tensor2D>([-1, channelsIn]);
  const product = tf.matMul(rows, filters.reshape<tf.Tensor2D>([channelsIn, channelsOut]));
  return product.reshape([...input.shape.slice(0, -1), channelsOut]);
}

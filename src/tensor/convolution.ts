import { sizeOf } from '../base/shape.js';
import { addBias } from './gradients.js';
import type { InitialOf } from './initials.js';
import { type Layer, weight } from './network.js';
import type { Parameter } from './parameters.js';
import * as tf from './tf.js';

export interface Convolution {
  readonly name: string;
  /** Of the filters; a sequence is an image of one row. */
  readonly size: readonly [height: number, width: number];
  readonly channelsIn: number;
  readonly channelsOut: number;
  /** 1 if not given. */
  readonly stride?: 1 | 2;
  readonly initial: InitialOf;
  /** False: no bias at all; biases begin as 0. */
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
  const filters: Parameter = {
    name: `${name}/filters`,
    shape: [...size, channelsIn, channelsOut],
    initial: initial(channelsIn * area, (channelsOut * area) / stride ** 2),
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

/** One pixel at a time, a convolution is a matrix product, which is faster. */
function convolve(input: tf.Tensor4D, filters: tf.Tensor4D, stride: 1 | 2): tf.Tensor {
  const [height, width, channelsIn, channelsOut] = filters.shape;
  if (height !== 1 || width !== 1 || stride !== 1) return tf.conv2d(input, filters, stride, 'same');
  const rows = input.reshape<tf.Tensor2D>([-1, channelsIn]);
  const product = tf.matMul(rows, filters.reshape<tf.Tensor2D>([channelsIn, channelsOut]));
  return product.reshape([...input.shape.slice(0, -1), channelsOut]);
}

import * as tf from './tf.js';

/**
 * A convolution of NHWC images with `same` padding, as TensorFlow pads: where the stride is 2 and sides are even, a 3x3
 * filter has its margin below and to the right, and a 4x4 filter one pixel on each side, as in the reference code (PyTorch's padding=1).
 * One pixel at a time, it is a matrix product, which is faster.
 *
 * @param filters [height, width, in, out]
 */
export function convolved(input: tf.Tensor, filters: tf.Tensor, stride: 1 | 2): tf.Tensor {
  const [height, width, channelsIn = 1, channelsOut = 1] = filters.shape;
  if (height !== 1 || width !== 1 || stride !== 1) {
    return tf.conv2d(input as tf.Tensor4D, filters as tf.Tensor4D, stride, 'same');
  }
  const rows = input.reshape<tf.Tensor2D>([-1, channelsIn]);
  const product = tf.matMul(rows, filters.reshape<tf.Tensor2D>([channelsIn, channelsOut]));
  return product.reshape([...input.shape.slice(0, -1), channelsOut]);
}

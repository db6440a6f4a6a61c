import { constant } from './constants.js';
import * as tf from './tf.js';

/**
 * Linear functions of images, each with its transpose as gradient, which is a multiple of the other: so all derivatives are
 * right, however often a gradient is differentiated. TensorFlow.js's own gradients of these have none.
 */

/** The mean of each block of 2x2 pixels: [batch, height, width, channels] with even sides to half of them. */
export function blockMeans(x: tf.Tensor): tf.Tensor {
  return tf.customGrad((input) => ({
    value: tf.avgPool(input as tf.Tensor4D, 2, 2, 'valid'),
    gradFunc: (dy: tf.Tensor) => repeatedPixels(dy).mul(constant(1 / 4)),
  }))(x);
}

/** Each pixel as a block of 2x2: the nearest neighbour's values at twice the sides. */
export function repeatedPixels(x: tf.Tensor): tf.Tensor {
  const [, height = 1, width = 1] = x.shape;
  return tf.customGrad((input) => ({
    value: tf.image.resizeNearestNeighbor(input as tf.Tensor4D, [2 * height, 2 * width]),
    gradFunc: (dy: tf.Tensor) => blockMeans(dy).mul(constant(4)),
  }))(x);
}

/** The mean of all pixels: [batch, channels] of [batch, height, width, channels]. */
export function imageMeans(x: tf.Tensor): tf.Tensor {
  const [, height = 1, width = 1] = x.shape;
  return tf.customGrad((input) => ({
    value: (input as tf.Tensor).mean([1, 2]),
    gradFunc: (dy: tf.Tensor) => everywhere(dy, height, width).mul(constant(1 / (height * width))),
  }))(x);
}

/** The same values at all pixels. */
function everywhere(x: tf.Tensor, height: number, width: number): tf.Tensor {
  const [batch = 1, channels = 1] = x.shape;
  return tf.customGrad((input) => ({
    value: (input as tf.Tensor).reshape([batch, 1, 1, channels]).tile([1, height, width, 1]),
    gradFunc: (dy: tf.Tensor) => imageMeans(dy).mul(constant(height * width)),
  }))(x);
}

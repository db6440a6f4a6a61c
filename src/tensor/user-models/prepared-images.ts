import { invariant } from '../../base/invariant.js';
import { sizeOf } from '../../base/shape.js';
import * as tf from '../tf.js';

/** What is done to images before a network looks at them, in this order. */
export interface Preparation {
  /** Rounding pixels from 0 to 255 to whole ones, as image files hold them. */
  readonly round: 'uint8' | 'none';
  /** Whether images of one channel become images of three equal ones. */
  readonly grey: 'repeat' | 'refuse';
  /** Side in pixels that they are resized to. */
  readonly size?: number | undefined;
  readonly resize: 'tf1_bilinear' | 'bilinear';
  /** Of pixels from 0 to 255: (pixel - mean) / std, by one number or by one for each channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly layout: 'nhwc' | 'nchw';
}

/**
 * Images as a network takes them, float32; to be disposed of.
 *
 * `tf1_bilinear` is TensorFlow 1's resizing, without half-pixel centres, which Inception's features for FID are defined with: as
 * torch-fidelity's `interpolate_bilinear_2d_like_tensorflow1x`. `bilinear` is that of today, as PyTorch's `interpolate` with
 * `align_corners=False`. Neither smooths before it makes images smaller.
 *
 * @param values pixels from -1 to 1, [count, height, width, channels]
 */
export function preparedImages(
  values: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  preparation: Preparation,
): tf.Tensor4D {
  const { grey, size, resize, mean, std, layout } = preparation;
  const count = values.length / sizeOf([height, width, channels]);
  return tf.tidy(() => {
    let images = tf.tensor4d(pixelLevels(values, preparation.round), [count, height, width, channels]);
    if (grey === 'repeat' && channels === 1) images = tf.tile(images, [1, 1, 1, 3]);
    if (size !== undefined)
      images = tf.image.resizeBilinear(images, [size, size], false, resize === 'bilinear');
    // One of several numbers would make several channels of one.
    const ofEach = [1, images.shape[3]];
    invariant(ofEach.includes(mean.length) && ofEach.includes(std.length), 'a mean and a std each channel');
    const scaled = tf.div<tf.Tensor4D>(tf.sub(images, mean), std);
    return layout === 'nchw' ? tf.transpose(scaled, [0, 3, 1, 2]) : scaled;
  });
}

/** From -1 and 1 to 0 and 255; what is beyond becomes the nearest of these. */
export function pixelLevels(values: Float32Array, round: Preparation['round']): Float32Array {
  return values.map((value) => {
    const level = 127.5 * (value + 1);
    return Math.min(255, Math.max(0, round === 'uint8' ? Math.round(level) : level));
  });
}

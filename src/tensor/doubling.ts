import * as tf from './tf.js';

/**
 * The transpose of a convolution with stride 2 that halves an NHWC image's sides: doubles them.
 *
 * @param x [batch, height, width, in]
 * @param filters [side, side, out, in]
 */
export function doubled(x: tf.Tensor, filters: tf.Tensor): tf.Tensor {
  const [side, , channels = 0] = filters.shape;
  return side === 4 && channels <= fewChannels ? doubledInBlocks(x, filters) : transposed(x, filters);
}

/** Channels of pictures. TensorFlow's kernel for the transpose is made for more: it reaches a sixth of its speed. */
const fewChannels = 4;
const [stride, padding] = [2, 'same'] as const;

function transposed(x: tf.Tensor, filters: tf.Tensor): tf.Tensor {
  const [batch, height, width] = x.shape as Sizes;
  const shape: Sizes = [batch, stride * height, stride * width, filters.shape[2] ?? 0];
  return tf.conv2dTranspose(x as tf.Tensor4D, filters as tf.Tensor4D, shape, stride, padding);
}

type Sizes = [number, number, number, number];

const doubledInBlocks: typeof transposed = tf.customGrad((...inputs) => {
  const [x, filters, save] = inputs as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
  save([x, filters]);
  return {
    value: inBlocks(x, filters),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, filters] = saved as [tf.Tensor4D, tf.Tensor4D];
      return [tf.conv2d(dy as tf.Tensor4D, filters, stride, padding), filterGradient(x, dy, filters.shape)];
    },
  };
});

/**
 * The same numbers by a convolution with stride 1. Row 2i + k - 1 of the image, k = 2a + p, is row p of block i + a, where
 * blocks of 2x2 pixels are cut from the image with a margin of 1 around it. So the transpose in question is
 * that of a 2x2 convolution of blocks, which have 4 times the channels, by filters [2, 2, 4 out, in].
 */
function inBlocks(x: tf.Tensor4D, filters: tf.Tensor4D): tf.Tensor {
  const [batch, height, width, channelsIn] = x.shape;
  const channels = filters.shape[2];
  const ofBlocks = filters
    .reshape([2, 2, 2, 2, channels, channelsIn])
    .transpose([0, 2, 1, 3, 4, 5])
    .reshape<tf.Tensor4D>([2, 2, 4 * channels, channelsIn]);
  const blocks = tf.conv2dTranspose(x, ofBlocks, [batch, height + 1, width + 1, 4 * channels], 1, 'valid');
  const image = tf.depthToSpace(blocks, 2, 'NHWC');
  return image.slice([0, 1, 1, 0], [batch, 2 * height, 2 * width, channels]);
}

/** That of the convolution's filters, whose output is x here, and whose input y. */
function filterGradient(x: tf.Tensor, dy: tf.Tensor, filterShape: Sizes): tf.Tensor {
  const attributes: tf.Conv2DBackpropFilterAttrs = {
    strides: stride,
    pad: padding,
    dataFormat: 'NHWC',
    filterShape,
  };
  const inputs = { x: dy, dy: x };
  return tf.engine().runKernel(tf.Conv2DBackpropFilter, inputs, attributes as unknown as tf.NamedAttrMap);
}

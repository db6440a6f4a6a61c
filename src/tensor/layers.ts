import type { Initial, Parameter } from './parameters.js';
import { type Layer, weight } from './network.js';
import { doubled } from './doubling.js';
import { normalisedRows } from './smooth.js';
import { addBias, leakyRelu, normalise, relu, softmax as softmaxOf, tanh as tanhOf } from './gradients.js';
import * as tf from './tf.js';

export interface Dense {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly initial: Initial;
  /** False: no bias at all. */
  readonly bias: boolean;
  /** That of the weights if not given. */
  readonly biasInitial?: Initial;
}

/** y = x W + b, with W of [inputs, units]; x is flattened to [batch, inputs] first. */
export function dense({ name, inputs, units, initial, bias, biasInitial = initial }: Dense): Layer {
  const weights: Parameter = { name: `${name}/weights`, shape: [inputs, units], initial };
  const biases: Parameter = { name: `${name}/bias`, shape: [units], initial: biasInitial };
  return {
    parameters: bias ? [weights, biases] : [weights],
    apply: (values, input) => {
      const product = tf.matMul(shaped(input, [inputs]), weight(values, weights));
      return bias ? addBias(product, weight(values, biases)) : product;
    },
  };
}

export interface Convolution {
  readonly name: string;
  readonly channelsIn: number;
  readonly channelsOut: number;
  readonly initial: Initial;
}

const kernel = 4;
const stride = 2;

/**
 * 4x4 convolution with stride 2 that halves an NHWC image's even sides; without bias. `same` padding is one
 * pixel on each side here, as in the reference code (PyTorch's padding=1). Filters are [4, 4, in, out].
 */
export function halvingConvolution({ name, channelsIn, channelsOut, initial }: Convolution): Layer {
  const filters: Parameter = {
    name: `${name}/filters`,
    shape: [kernel, kernel, channelsIn, channelsOut],
    initial,
  };
  return {
    parameters: [filters],
    apply: (values, input) =>
      tf.conv2d(input as tf.Tensor4D, weight(values, filters) as tf.Tensor4D, stride, 'same'),
  };
}

/**
 * The transpose of `halvingConvolution`: doubles the sides of an NHWC image. Filters are [4, 4, out, in],
 * TensorFlow's order for a transposed convolution.
 */
export function doublingConvolution({ name, channelsIn, channelsOut, initial }: Convolution): Layer {
  const filters: Parameter = {
    name: `${name}/filters`,
    shape: [kernel, kernel, channelsOut, channelsIn],
    initial,
  };
  return {
    parameters: [filters],
    apply: (values, input) => doubled(input, weight(values, filters)),
  };
}

/**
 * Batch normalisation (Ioffe and Szegedy 2015) by the statistics of the batch at hand, in training and sampling
 * alike, as the reference code does; see `normalise`. A critic calls it once for the real and once for the fake
 * batch, so each has its own statistics.
 */
export function batchNorm(name: string, channels: number): Layer {
  const { gamma, beta } = scaleAndOffset(name, channels, { type: 'normal', mean: 1, std: 0.02 });
  return {
    parameters: [gamma, beta],
    couplesBatch: true,
    apply: (values, input) => normalise(input, weight(values, gamma), weight(values, beta)),
  };
}

/**
 * Layer normalisation (Ba et al. 2016) by the statistics of each sample over all of its values, with a scale and an
 * offset for each channel, as the critics of arXiv 1704.00028 have it. It may be differentiated twice.
 */
export function layerNorm(name: string, channels: number): Layer {
  const { gamma, beta } = scaleAndOffset(name, channels, { type: 'constant', value: 1 });
  return {
    parameters: [gamma, beta],
    apply: (values, input) => {
      const rows = input.reshape<tf.Tensor2D>([input.shape[0], -1]);
      const normal = normalisedRows(rows).reshape(input.shape);
      return normal.mul(weight(values, gamma)).add(weight(values, beta));
    },
  };
}

/**
 * Normalisation by the statistics of each sample over each group of channels (Wu and He 2018); with as many groups as channels it is
 * instance norm (Ulyanov et al. 2016). Scale and offset are of each channel. It may be differentiated twice.
 */
function groupNorm(name: string, channels: number, groups: number): Layer {
  const { gamma, beta } = scaleAndOffset(name, channels, { type: 'constant', value: 1 });
  return {
    parameters: [gamma, beta],
    apply: (values, input) => {
      const [batch = 1] = input.shape;
      const apart = input.reshape([batch, -1, groups, channels / groups]).transpose([0, 2, 1, 3]);
      const normal = normalisedRows(apart.reshape<tf.Tensor2D>([batch * groups, -1]));
      const together = normal.reshape(apart.shape).transpose([0, 2, 1, 3]).reshape(input.shape);
      return together.mul(weight(values, gamma)).add(weight(values, beta));
    },
  };
}

/** Channels in a group, at most. */
const groupSize = 16;

/** As few groups of equally many channels as there can be. */
function groupsOf(channels: number): number {
  let size = Math.min(groupSize, channels);
  while (channels % size !== 0) size -= 1;
  return channels / size;
}

function scaleAndOffset(name: string, channels: number, scale: Initial): Record<'gamma' | 'beta', Parameter> {
  const shape = [channels];
  return {
    gamma: { name: `${name}/gamma`, shape, initial: scale },
    beta: { name: `${name}/beta`, shape, initial: { type: 'constant', value: 0 } },
  };
}

export type Norm = 'none' | 'batch' | 'layer' | 'instance' | 'group';

/** The norm, or nothing. */
export function normLayers(norm: Norm, name: string, channels: number): readonly Layer[] {
  switch (norm) {
    case 'none':
      return [];
    case 'batch':
      return [batchNorm(name, channels)];
    case 'layer':
      return [layerNorm(name, channels)];
    case 'instance':
      return [groupNorm(name, channels, channels)];
    case 'group':
      return [groupNorm(name, channels, groupsOf(channels))];
  }
}

export type Activation = 'relu' | 'leaky_relu' | 'tanh';

const leakySlope = 0.2;

export function activation(name: Activation): Layer {
  switch (name) {
    case 'relu':
      return pointwise(relu);
    case 'leaky_relu':
      return pointwise((input) => leakyRelu(input, leakySlope));
    case 'tanh':
      return tanh;
  }
}

export const tanh: Layer = pointwise(tanhOf);

/** Over the last axis. */
export const softmax: Layer = pointwise(softmaxOf);

/** To [batch, ...shape]. */
export function reshape(shape: readonly number[]): Layer {
  return pointwise((input) => shaped(input, shape));
}

/** To [batch, ...shape]. Where that is the shape already, there is no kernel to pay for. */
function shaped(input: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const same = input.rank === 1 + shape.length && shape.every((size, axis) => input.shape[axis + 1] === size);
  return same ? input : input.reshape([-1, ...shape]);
}

/** A function without parameters. */
export function pointwise(apply: (input: tf.Tensor) => tf.Tensor): Layer {
  return { parameters: [], apply: (_, input) => apply(input) };
}

import type { PlacedLayer } from '../networks/placed-layers.js';
import { normalise } from './gradients.js';
import { type Layer, rowsOf, weight, type Weights } from './network.js';
import { normalisedRows } from './smooth.js';
import { declaredTensor } from './constants.js';
import type * as tf from './tf.js';

type PlacedNorm = Extract<PlacedLayer, { type: 'norm' }>;

/** Scale and offset are of each channel, or of each channel for each class. */
export function normOf(placed: PlacedNorm): Layer {
  switch (placed.norm) {
    case 'batch':
      return batchNorm(placed);
    case 'layer':
      return layerNorm(placed);
    case 'instance':
      return groupNorm(placed, channelsOf(placed));
    case 'group':
      return groupNorm(placed, groupsOf(channelsOf(placed)));
  }
}

const channelsOf = ({ gamma }: PlacedNorm): number => gamma.shape.at(-1) ?? 1;

/**
 * Batch normalisation (Ioffe and Szegedy 2015) by the statistics of the batch at hand, in training and sampling
 * alike, as the reference code does; see `normalise`. A critic calls it once for the real and once for the fake
 * batch, so each has its own statistics.
 */
function batchNorm(placed: PlacedNorm): Layer {
  const { gamma, beta, parameters } = placed;
  const channels = channelsOf(placed);
  const everywhere = (value: number) =>
    declaredTensor<tf.Rank.R1>(new Float32Array(channels).fill(value), [channels]);
  return {
    parameters,
    couplesBatch: true,
    apply: (values, input, classes) =>
      gamma.ofClasses
        ? scaled(placed, values, normalise(input, everywhere(1), everywhere(0)), classes)
        : normalise(input, weight(values, gamma), weight(values, beta)),
  };
}

/** What is normal already, times the scale of its channel and class, and the offset added. */
function scaled(
  { gamma, beta }: PlacedNorm,
  values: Weights,
  normal: tf.Tensor,
  classes: tf.Tensor | undefined,
): tf.Tensor {
  const ofEach = (parameter: PlacedNorm['gamma']) => {
    const all = weight(values, parameter);
    if (!parameter.ofClasses) return all;
    const { shape } = normal;
    return rowsOf(all, classes).reshape(
      shape.map((size, axis) => (axis === 0 || axis === shape.length - 1 ? size : 1)),
    );
  };
  return normal.mul(ofEach(gamma)).add(ofEach(beta));
}

/**
 * Layer normalisation (Ba et al. 2016) by the statistics of each sample over all of its values, with a scale and an
 * offset for each channel, as the critics of arXiv 1704.00028 have it. It may be differentiated twice.
 */
function layerNorm(placed: PlacedNorm): Layer {
  return {
    parameters: placed.parameters,
    apply: (values, input, classes) => {
      const rows = input.reshape<tf.Tensor2D>([input.shape[0], -1]);
      return scaled(placed, values, normalisedRows(rows).reshape(input.shape), classes);
    },
  };
}

/**
 * Normalisation by the statistics of each sample over each group of channels (Wu and He 2018); with as many groups as channels it is
 * instance norm (Ulyanov et al. 2016). It may be differentiated twice.
 */
function groupNorm(placed: PlacedNorm, groups: number): Layer {
  return {
    parameters: placed.parameters,
    apply: (values, input, classes) => {
      const [batch = 1] = input.shape;
      const channels = input.shape.at(-1) ?? 1;
      const apart = input.reshape([batch, -1, groups, channels / groups]).transpose([0, 2, 1, 3]);
      const normal = normalisedRows(apart.reshape<tf.Tensor2D>([batch * groups, -1]));
      const together = normal.reshape(apart.shape).transpose([0, 2, 1, 3]).reshape(input.shape);
      return scaled(placed, values, together, classes);
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

import { required } from '../base/invariant.js';
import { sizeOf } from '../base/shape.js';
import { pyramidOf } from './dcgan.js';
import { activation, dense, halvingConvolution } from './layers.js';
import { linear } from './mlp.js';
import { chain, type Layer, type Network, type SampleShape, type Weights } from './network.js';
import type { Initial } from './parameters.js';
import type * as tf from './tf.js';

/** A network whose last but one layer is what metrics compare, and whose last one tells classes. */
export interface Classifier {
  /** [batch, ...sample shape] to [batch, features], not negative: behind a ReLU. */
  readonly body: Network;
  /** [batch, features] to [batch, classes]: logits. */
  readonly head: Network;
}

const features = { images: 128, points: 64 } as const;
const firstChannels = 32;
const mostChannels = 128;

/**
 * For images a convolution of 4x4 pixels at each halving of the sides, with 32, 64 and then 128 channels, and a dense
 * layer of 128 features; images that cannot be halved, and points, pass dense layers alone. ReLU between all, and no norm:
 * what a sample's features are depends on no other sample.
 */
export function classifierNetwork(sample: SampleShape, classes: number): Classifier {
  const width = sample.length === 3 ? features.images : features.points;
  const { layers, size } = sample.length === 3 ? convolutions(sample) : { layers: [], size: sizeOf(sample) };
  const body = [
    ...layers,
    rectified('features1', size, 2 * width),
    rectified('features2', 2 * width, width),
  ].flat();
  return {
    body: chain(sample, [width], body),
    head: chain([width], [classes], [linear('classes', width, classes)]),
  };
}

/** All weights of both parts, to be trained as one network. */
export function wholeOf({ body, head }: Classifier): Network {
  return {
    parameters: [...body.parameters, ...head.parameters],
    inputShape: body.inputShape,
    outputShape: head.outputShape,
    couplesBatch: false,
    forward: (weights, input) => head.forward(weights, body.forward(weights, input)),
  };
}

/** [batch, features] and [batch, classes] of a batch of samples. */
export function classified(
  { body, head }: Classifier,
  weights: Weights,
  input: tf.Tensor,
): { readonly features: tf.Tensor; readonly logits: tf.Tensor } {
  const features = body.forward(weights, input);
  return { features, logits: head.forward(weights, features) };
}

/** He et al. 2015, "Delving Deep into Rectifiers", equation 10: what keeps the variance behind a ReLU. */
const heInitial = (inputs: number): Initial => ({ type: 'normal', mean: 0, std: Math.sqrt(2 / inputs) });

function rectified(name: string, inputs: number, units: number): readonly Layer[] {
  return [dense({ name, inputs, units, initial: heInitial(inputs), bias: true }), activation('relu')];
}

function convolutions(sample: SampleShape): { readonly layers: readonly Layer[]; readonly size: number } {
  const pyramid = pyramidOf(sample);
  if (!pyramid.ok) return { layers: [], size: sizeOf(sample) };
  const { height, width, halvings } = pyramid.value;
  const layers: Layer[] = [];
  let current = required(sample[2], 'channels');
  for (let level = 1; level <= halvings; level += 1) {
    const next = Math.min(mostChannels, firstChannels * 2 ** (level - 1));
    const initial = heInitial(16 * current);
    layers.push(
      halvingConvolution({ name: `conv${level}`, channelsIn: current, channelsOut: next, initial }),
      activation('relu'),
    );
    current = next;
  }
  return { layers, size: height * width * current };
}

import { invariant } from '../base/invariant.js';
import { halving, pyramidOf } from '../networks/dcgan.js';
import type { Initialiser } from '../networks/initialisers.js';
import { activation, flatten, type Layer } from '../networks/layers.js';
import { fanInUniform, linear } from '../networks/mlp.js';
import { placeLayers } from '../networks/place.js';
import type { SampleShape } from '../networks/shape.js';
import { networkOf } from './layers.js';
import type { Network, Weights } from './network.js';
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
  return {
    body: network(sample, [
      ...convolutions(sample),
      flatten,
      ...rectified('features1', 2 * width),
      ...rectified('features2', width),
    ]),
    head: network([width], [linear('classes', classes)]),
  };
}

function network(input: readonly number[], layers: readonly Layer[]): Network {
  const placed = placeLayers(layers, input, fanInUniform);
  invariant(placed.ok, 'the layers of a classifier follow one another');
  return networkOf(placed.value);
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

/** What keeps the variance behind a ReLU. */
const he: Initialiser = { type: 'he_normal', scale: 1 };

function rectified(name: string, units: number): readonly Layer[] {
  return [{ type: 'dense', name, units, bias: true, biasAsWeights: true, initial: he }, activation('relu')];
}

function convolutions(sample: SampleShape): readonly Layer[] {
  const pyramid = pyramidOf(sample);
  if (!pyramid.ok) return [];
  return Array.from({ length: pyramid.value.halvings }, (_, level) => [
    halving(`conv${level + 1}`, Math.min(mostChannels, firstChannels * 2 ** level), he),
    activation('relu'),
  ]).flat();
}

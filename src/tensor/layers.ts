import { required } from '../base/invariant.js';
import type { Activation } from '../networks/layers.js';
import type { PlacedLayer, PlacedNetwork } from '../networks/placed-layers.js';
import { declaredTensor } from './constants.js';
import { convolved } from './convolution.js';
import { doubled } from './doubling.js';
import { addBias, leakyRelu, relu, sigmoid, softmax, tanh } from './gradients.js';
import { chain, type Layer, type Network, rowsOf, weight, type Weights } from './network.js';
import { normOf } from './norms.js';
import { blockMeans, imageMeans, repeatedPixels } from './pooling.js';
import { residual } from './residual.js';
import { locationScale, parallelLine } from './formula-layers.js';
import { rowSums } from './smooth.js';
import * as tf from './tf.js';

type Apply = Layer['apply'];

/** What computes a network. */
export function networkOf({ layers, inputShape, outputShape }: PlacedNetwork): Network {
  return chain(inputShape, outputShape, layers.map(layerOf));
}

function layerOf(placed: PlacedLayer): Layer {
  const { parameters } = placed;
  switch (placed.type) {
    case 'dense':
      return { parameters, apply: withProjection(placed, biased(placed, tf.matMul)) };
    case 'class_embedding':
      return {
        parameters,
        apply: (values, input, classes) =>
          tf.concat([input, rowsOf(weight(values, placed.embedding), classes)], 1),
      };
    case 'conv':
      return {
        parameters,
        apply: biased(placed, (input, filters) => convolved(input, filters, placed.stride)),
      };
    case 'conv_transpose':
      return { parameters, apply: biased(placed, doubled) };
    case 'norm':
      return normOf(placed);
    case 'activation':
      return pointwise(activations[placed.activation]);
    case 'reshape':
      return pointwise((input) => shaped(input, placed.outputShape));
    case 'upsample':
      return pointwise(repeatedPixels);
    case 'mean_pool':
      return pointwise(blockMeans);
    case 'global_mean_pool':
      return pointwise(imageMeans);
    case 'parallel_line':
      return parallelLine(placed);
    case 'location_scale':
      return locationScale(placed);
    case 'subsample':
      return everySecondPixel(placed);
    case 'residual':
      return residual({
        parameters,
        layers: placed.layers.map(layerOf),
        shortcut: placed.shortcut.map(layerOf),
        scale: placed.scale,
      });
  }
}

/** A product with the weights, and the bias added to that where there is one. */
function biased(
  { weights, bias }: Extract<PlacedLayer, { type: 'dense' | 'conv' | 'conv_transpose' }>,
  product: (input: tf.Tensor, weights: tf.Tensor) => tf.Tensor,
): (values: Weights, input: tf.Tensor) => tf.Tensor {
  return (values, input) => {
    const made = product(input, weight(values, weights));
    return bias ? addBias(made, weight(values, bias)) : made;
  };
}

/** <x, V[class]> added to what is made of x. Products of matrices alone: it may be differentiated twice. */
function withProjection(
  { embedding }: Extract<PlacedLayer, { type: 'dense' }>,
  apply: (values: Weights, input: tf.Tensor) => tf.Tensor,
): Apply {
  if (embedding === undefined) return apply;
  return (values, input, classes) =>
    apply(values, input).add(rowSums(input.mul(rowsOf(weight(values, embedding), classes))));
}

const leakySlope = 0.2;

const activations: Readonly<Record<Activation, (input: tf.Tensor) => tf.Tensor>> = {
  relu,
  leaky_relu: (input) => leakyRelu(input, leakySlope),
  tanh,
  sigmoid,
  softmax,
};

/** To [batch, ...shape]. Where that is the shape already, there is no kernel to pay for. */
function shaped(input: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const same = input.rank === 1 + shape.length && shape.every((size, axis) => input.shape[axis + 1] === size);
  return same ? input : input.reshape([-1, ...shape]);
}

/** A 1x1 convolution by a constant; channels that are new are zeros. */
function everySecondPixel({ inputShape, outputShape }: PlacedLayer): Layer {
  const channelsIn = required(inputShape.at(-1), 'channels');
  const channelsOut = required(outputShape.at(-1), 'channels');
  const identity = new Float32Array(channelsIn * channelsOut);
  for (let channel = 0; channel < channelsIn; channel += 1) identity[channel * channelsOut + channel] = 1;
  return pointwise((input) =>
    tf.conv2d(input as tf.Tensor4D, declaredTensor(identity, [1, 1, channelsIn, channelsOut]), 2, 'same'),
  );
}

/** A function without parameters. */
function pointwise(apply: (input: tf.Tensor) => tf.Tensor): Layer {
  return { parameters: [], apply: (_, input) => apply(input) };
}

import { invariant, required } from '../base/invariant.js';
import type { Parameter } from '../networks/parameter.js';
import * as tf from './tf.js';

/** A network's parameters and buffers by name: variables while training, plain tensors when sampling. */
export type Weights = Readonly<Record<string, tf.Tensor>>;

/** An explicit list of parameters, and a pure function of them and of a batch. */
export interface Network {
  readonly parameters: readonly Parameter[];
  /** What `forward` reads beside them, and no gradient changes: none unless given. */
  readonly buffers?: readonly Parameter[];
  /** The buffers' next values, by name, from all weights: taken over before each critic step. */
  readonly refresh?: (weights: Weights) => Readonly<Record<string, tf.Tensor>>;
  /** Of one sample, without the batch. */
  readonly inputShape: readonly number[];
  /** Of one sample, without the batch. */
  readonly outputShape: readonly number[];
  /** A sample's output depends on the whole batch, as with batch norm. */
  readonly couplesBatch: boolean;
  /**
   * [batch, ...inputShape] to [batch, ...outputShape], float32, made of TensorFlow.js kernels only: it can be
   * recorded as a graph. `classes`, [batch, classes] with a 1 for each sample's class among zeros, is for a network that is
   * told classes.
   */
  readonly forward: (weights: Weights, input: tf.Tensor, classes?: tf.Tensor) => tf.Tensor;
}

/** A network's building block. */
export interface Layer {
  readonly parameters: readonly Parameter[];
  /** See `Network`; false if not given. */
  readonly couplesBatch?: boolean;
  /** `classes`: see `Network`. */
  readonly apply: (weights: Weights, input: tf.Tensor, classes?: tf.Tensor) => tf.Tensor;
}

/** Layers one after another. */
export function chain(
  inputShape: readonly number[],
  outputShape: readonly number[],
  layers: readonly Layer[],
): Network {
  const parameters = layers.flatMap((layer) => layer.parameters);
  invariant(
    new Set(parameters.map(({ name }) => name)).size === parameters.length,
    'two parameters of a network share a name',
  );
  return {
    parameters,
    inputShape,
    outputShape,
    couplesBatch: layers.some((layer) => layer.couplesBatch),
    forward: (weights, input, classes) =>
      layers.reduce((value, layer) => layer.apply(weights, value, classes), input),
  };
}

/** The row of each sample's class, [batch, columns], of one for each class. */
export function rowsOf(rows: tf.Tensor, classes: tf.Tensor | undefined): tf.Tensor2D {
  return tf.matMul(required(classes, 'the classes of samples'), rows);
}

export function weight(weights: Weights, { name }: Parameter): tf.Tensor {
  return required(weights[name], `weight ${name}`);
}

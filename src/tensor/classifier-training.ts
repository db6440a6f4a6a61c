import { BatchOrder, type RealSamples } from './batches.js';
import { classified, type Classifier, wholeOf } from './classifier.js';
import { lossAndGradients } from './loss-and-gradients.js';
import type { Weights } from './network.js';
import { applyGradients, type Optimizer } from './optimizers.js';
import { initialNetwork, type NetworkState } from './state.js';
import * as tf from './tf.js';

/** Samples with a class each, from 0. */
export interface LabelledSamples extends RealSamples {
  readonly labels: Int32Array;
}

export interface ClassifierOptions {
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  /** Of initial weights and batches. */
  readonly seed: number;
}

/** Learns the classes of samples, one batch a step, kernel by kernel. */
export class ClassifierTraining {
  readonly #network: Classifier;
  readonly #samples: LabelledSamples;
  readonly #options: ClassifierOptions;
  readonly #batches: BatchOrder;
  readonly #state: NetworkState;
  #steps = 0;

  constructor(network: Classifier, samples: LabelledSamples, options: ClassifierOptions) {
    const { optimizer, batchSize, seed } = options;
    this.#network = network;
    this.#samples = samples;
    this.#options = options;
    this.#batches = new BatchOrder({ seed, samples: samples.count, batchSize });
    this.#state = initialNetwork(wholeOf(network), optimizer.slots, { seed, role: 'classifier' });
  }

  /** The training's own: not to be disposed of. */
  get weights(): Weights {
    return this.#state.weights;
  }

  /** One update; returns the mean cross-entropy of the batch before it, in nats. */
  step(): number {
    const { optimizer } = this.#options;
    const indices = this.#batches.batch(this.#steps);
    const rates = optimizer.rates(this.#steps + 1);
    this.#steps += 1;
    const labels = indices.map((index) => this.#samples.labels[index] ?? 0);
    return tf.tidy(() => {
      const input = tf.tensor(this.#samples.gather(indices), [indices.length, ...this.#samples.shape]);
      const { loss, gradients } = lossAndGradients(this.#state.weights, (weights) =>
        crossEntropy(this.#network, weights, input, labels),
      );
      applyGradients(optimizer, this.#state, gradients, rates);
      return loss.dataSync<'float32'>()[0] ?? Number.NaN;
    });
  }
}

/** The mean over a batch of -log p(label), p being the softmax of the logits. */
export function crossEntropy(
  network: Classifier,
  weights: Weights,
  input: tf.Tensor,
  labels: Int32Array,
): tf.Scalar {
  const { logits } = classified(network, weights, input);
  const wanted = tf.oneHot(tf.tensor1d(labels, 'int32'), logits.shape[1] ?? 0);
  return tf.losses.softmaxCrossEntropy(wanted, logits);
}

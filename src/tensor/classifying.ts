import { setImmediate as nextTurn } from 'node:timers/promises';

import { invariant } from '../base/invariant.js';
import { rightRows } from '../base/rows.js';
import { sizeOf } from '../base/shape.js';
import type { RealSamples } from './batches.js';
import { classified, type Classifier } from './classifier.js';
import type { Weights } from './network.js';
import * as tf from './tf.js';

/** What a classifier makes of a part of the samples: rows of float32, sample after sample. */
export interface ClassifiedPart {
  readonly count: number;
  /** [count, features], from 0. */
  readonly features: Float32Array;
  /** [count, classes]: each row adds up to 1. */
  readonly probabilities: Float32Array;
}

/** Fixed, and the last batch is filled up: a kernel may add in another order for another size. */
const batchSize = 64;

/**
 * Features and class probabilities of all samples, in their order, a batch of 64 at a time, so that memory does not grow
 * with the samples. Between batches other work of the process gets its turn.
 * @throws the signal's reason when it is aborted.
 */
export async function* classifiedParts(
  network: Classifier,
  weights: Weights,
  samples: RealSamples,
  signal?: AbortSignal,
): AsyncGenerator<ClassifiedPart> {
  for (let start = 0; start < samples.count; start += batchSize) {
    signal?.throwIfAborted();
    const count = Math.min(batchSize, samples.count - start);
    yield classifiedPart(
      network,
      weights,
      samples.gather(Int32Array.from({ length: count }, (_, row) => start + row)),
    );
    await nextTurn();
  }
}

/** The same of up to 64 samples, one after another in `values`. */
export function classifiedPart(network: Classifier, weights: Weights, values: Float32Array): ClassifiedPart {
  const { inputShape } = network.body;
  const size = sizeOf(inputShape);
  const count = values.length / size;
  invariant(Number.isInteger(count) && count > 0 && count <= batchSize, `a part of ${count} samples`);
  const filled = new Float32Array(batchSize * size);
  filled.set(values);
  return tf.tidy(() => {
    const { features, logits } = classified(network, weights, tf.tensor(filled, [batchSize, ...inputShape]));
    const rows = (of: tf.Tensor) => of.dataSync<'float32'>().subarray(0, count * (of.shape[1] ?? 0));
    return { count, features: rows(features), probabilities: rows(tf.softmax(logits)) };
  });
}

/** The share of samples whose most likely class is their label, the first of equally likely ones. */
export async function accuracyOf(
  network: Classifier,
  weights: Weights,
  samples: RealSamples & { readonly labels: Int32Array },
  signal?: AbortSignal,
): Promise<number> {
  let [done, right] = [0, 0];
  for await (const { count, probabilities } of classifiedParts(network, weights, samples, signal)) {
    right += rightRows(probabilities, probabilities.length / count, samples.labels.subarray(done));
    done += count;
  }
  return right / samples.count;
}

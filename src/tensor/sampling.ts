import { setImmediate as nextTurn } from 'node:timers/promises';

import { invariant } from '../base/invariant.js';
import { oneHot } from '../base/one-hot.js';
import { sizeOf } from '../base/shape.js';
import { RandomStream, type StreamName } from '../base/streams.js';
import { type ClassCounts, drawClasses } from './classes.js';
import type { Network, Weights } from './network.js';
import * as tf from './tf.js';

/** Samples in row-major order, float32. */
export interface GeneratedSamples {
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly count: number;
  readonly values: Float32Array;
}

/**
 * Fixed, since under batch norm a sample depends on the batch that it is made in: this way the first samples
 * are the same however many are asked for. The last batch is made whole, and what is too much is dropped.
 */
const batchSize = 64;

/** Which class each sample is to be of. */
export interface SampledClasses {
  /** How many classes there are. */
  readonly count: number;
  /** Of each sample, and of those that fill the last batch: `inWholeBatches` of them. */
  readonly labels: Int32Array;
}

/** The samples that are made for so many. */
export function inWholeBatches(count: number): number {
  return Math.ceil(count / batchSize) * batchSize;
}

/** Drawn by their frequencies among real samples, from one stream. */
export function drawnClasses(classes: ClassCounts, count: number, stream: StreamName): SampledClasses {
  return { count: classes.length, labels: drawClasses(classes, inWholeBatches(count), stream) };
}

/** What samples are drawn from: the noise of one stream. */
interface Draw {
  readonly noise: StreamName;
  readonly count: number;
  /** Of a generator that is told classes. */
  readonly classes?: SampledClasses;
  readonly signal?: AbortSignal;
}

/**
 * Samples of a generator from the noise of one stream. Batch norm uses the statistics of each batch of 64, as
 * the reference code does. Between batches other work of the process gets its turn.
 * @throws the signal's reason when it is aborted.
 */
export async function sampleGenerator(
  generator: Network,
  weights: Weights,
  draw: Draw,
): Promise<GeneratedSamples> {
  const size = sizeOf(generator.outputShape);
  const values = new Float32Array(draw.count * size);
  let filled = 0;
  for await (const part of sampleParts(generator, weights, draw)) {
    values.set(part, filled);
    filled += part.length;
  }
  return { shape: generator.outputShape, count: draw.count, values };
}

/** The same samples, up to 64 at a time, so that memory does not grow with their number. */
export async function* sampleParts(
  generator: Network,
  weights: Weights,
  { noise, count, classes, signal }: Draw,
): AsyncGenerator<Float32Array> {
  const stream = new RandomStream(noise);
  const latent = sizeOf(generator.inputShape);
  const size = sizeOf(generator.outputShape);
  for (let made = 0; made < count; made += batchSize) {
    signal?.throwIfAborted();
    const batch = tf.tidy(() => {
      const noise = tf.tensor(stream.normal(batchSize * latent), [batchSize, ...generator.inputShape]);
      return generator.forward(weights, noise, classes && classesOf(classes, made)).dataSync<'float32'>();
    });
    yield batch.subarray(0, Math.min(batchSize, count - made) * size);
    await nextTurn();
  }
}

/** Of the batch that begins at a sample. */
function classesOf({ count, labels }: SampledClasses, start: number): tf.Tensor {
  const ofBatch = labels.subarray(start, start + batchSize);
  invariant(ofBatch.length === batchSize, 'classes of whole batches');
  return tf.tensor(oneHot(ofBatch, count), [batchSize, count]);
}

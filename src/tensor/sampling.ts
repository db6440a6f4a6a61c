import { setImmediate as nextTurn } from 'node:timers/promises';

import { sizeOf } from '../base/shape.js';
import { RandomStream, type StreamName } from '../base/streams.js';
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

/** What samples are drawn from: the noise of one stream. */
interface Draw {
  readonly noise: StreamName;
  readonly count: number;
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
  { noise, count, signal }: Draw,
): AsyncGenerator<Float32Array> {
  const stream = new RandomStream(noise);
  const latent = sizeOf(generator.inputShape);
  const size = sizeOf(generator.outputShape);
  for (let made = 0; made < count; made += batchSize) {
    signal?.throwIfAborted();
    const batch = tf.tidy(() =>
      generator
        .forward(weights, tf.tensor(stream.normal(batchSize * latent), [batchSize, ...generator.inputShape]))
        .dataSync<'float32'>(),
    );
    yield batch.subarray(0, Math.min(batchSize, count - made) * size);
    await nextTurn();
  }
}

import { required } from '../base/invariant.js';
import { sizeOf } from '../base/shape.js';
import type { BatchOrder, RealSamples } from './batches.js';

/** A batch that is being read before it is wanted. */
interface Ahead {
  /** Undefined until it is there. */
  values?: Float32Array;
  readonly done: Promise<void>;
}

/** Of all batches that lie ready or are being read, but for one of any size. */
const mostBytesAhead = 2 ** 26;

/**
 * The real samples of step after step. Where samples are not in memory, their batches are read before they are wanted, by other
 * threads than the one that TensorFlow blocks. What is read when never makes a difference to what a batch is.
 */
export class RealBatches {
  readonly #samples: RealSamples;
  readonly #order: BatchOrder;
  /** By step. */
  readonly #ahead = new Map<number, Ahead>();

  constructor(samples: RealSamples, order: BatchOrder) {
    this.#samples = samples;
    this.#order = order;
  }

  /** [batch, ...sample shape]; read at once where it was not read before, or could not be. */
  take(step: number): Float32Array {
    const values = this.#ahead.get(step)?.values;
    this.#ahead.delete(step);
    return values ?? this.#samples.gather(this.#order.batch(step));
  }

  /** The classes of a step's samples, where they have some. */
  labels(step: number): Int32Array | undefined {
    const { labels } = this.#samples;
    return labels && this.#order.batch(step).map((index) => required(labels[index], 'a class'));
  }

  /** Has the batches of some steps read; resolves when they are there, at once where samples are in memory. */
  async readAhead(first: number, count: number): Promise<void> {
    const { fetch, shape } = this.#samples;
    if (fetch === undefined) return;
    for (let step = first; step < first + count; step += 1) {
      if (this.#ahead.has(step)) continue;
      const indices = this.#order.batch(step);
      const bytes = indices.length * sizeOf(shape) * Float32Array.BYTES_PER_ELEMENT;
      if (this.#ahead.size > 0 && (this.#ahead.size + 1) * bytes > mostBytesAhead) break;
      this.#begin(step, fetch(indices));
    }
    await Promise.all([...this.#ahead].filter(([step]) => step < first + count).map(([, { done }]) => done));
  }

  #begin(step: number, reading: Promise<Float32Array>): void {
    const ahead: Ahead = {
      done: reading.then(
        (values) => {
          ahead.values = values;
        },
        // `take` reads it once more, and tells.
        () => undefined,
      ),
    };
    this.#ahead.set(step, ahead);
  }
}

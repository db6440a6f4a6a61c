import { invariant } from '../base/invariant.js';
import { RandomStream } from '../base/streams.js';

/** Real samples, in the units that networks work in: [-1, 1] for images. */
export interface RealSamples {
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly count: number;
  /** The class of each, where it has one. */
  readonly labels?: Int32Array;
  /** [indices.length, ...shape], row-major. */
  readonly gather: (indices: Int32Array) => Float32Array;
  /** The same, read by other threads than this one, where samples are not in memory: even while TensorFlow blocks it. */
  readonly fetch?: (indices: Int32Array) => Promise<Float32Array>;
}

/**
 * Which samples each critic step sees. An epoch is a random order of all samples, cut into batches; the last,
 * partial batch is dropped. The order of epoch e depends on the seed and on e only.
 */
export class BatchOrder {
  readonly #seed: number;
  readonly #purpose: string;
  readonly #samples: number;
  readonly #batchSize: number;
  #epoch = -1;
  #order: Int32Array = new Int32Array(0);

  /** @param options `purpose`: of the stream; orders of different purposes have nothing to do with each other. */
  constructor({
    seed,
    samples,
    batchSize,
    purpose = 'batches',
  }: {
    readonly seed: number;
    readonly samples: number;
    readonly batchSize: number;
    readonly purpose?: string;
  }) {
    invariant(batchSize <= samples, `batches of ${batchSize} from ${samples} samples`);
    this.#seed = seed;
    this.#purpose = purpose;
    this.#samples = samples;
    this.#batchSize = batchSize;
  }

  /** Indices of the batch of a critic step, counted from 0. */
  batch(step: number): Int32Array {
    const batches = Math.floor(this.#samples / this.#batchSize);
    const epoch = Math.floor(step / batches);
    if (epoch !== this.#epoch) {
      const stream = new RandomStream({ seed: this.#seed, purpose: this.#purpose, counter: epoch });
      this.#order = stream.permutation(this.#samples);
      this.#epoch = epoch;
    }
    const start = (step % batches) * this.#batchSize;
    return this.#order.subarray(start, start + this.#batchSize);
  }
}

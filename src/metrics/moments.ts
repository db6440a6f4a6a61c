import { invariant } from '../base/invariant.js';
import { columnProducts } from '../tensor/matrices.js';
import type { Matrix } from '../tensor/plain-matrices.js';

/** Mean and covariance of a set of samples. */
export interface Moments {
  readonly count: number;
  readonly dimensions: number;
  readonly mean: Float64Array;
  /** Without bias: divided by count - 1. */
  readonly covariance: Matrix;
}

/** As many samples at once as one product of matrices takes well. */
const blockSize = 1024;

/**
 * Mean and covariance of samples that come a part at a time, in double precision and in memory of dimensions^2. Before
 * anything is squared the mean of the first block is taken off, so that nothing is lost where the mean is large beside the
 * deviation.
 */
export class RunningMoments {
  readonly dimensions: number;
  readonly #block: Float64Array;
  #filled = 0;
  #count = 0;
  #shift: Float64Array | undefined;
  /** Of what is left of samples without the shift. */
  readonly #sums: Float64Array;
  readonly #products: Float64Array;
  #bad: { readonly sample: number; readonly component: number; readonly value: number } | undefined;

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#block = new Float64Array(blockSize * dimensions);
    this.#sums = new Float64Array(dimensions);
    this.#products = new Float64Array(dimensions ** 2);
  }

  /** The first value that is no finite number; after one there are no moments. */
  get bad(): { readonly sample: number; readonly component: number; readonly value: number } | undefined {
    return this.#bad;
  }

  get count(): number {
    return this.#count + this.#filled;
  }

  /** @param rows sample after sample */
  add(rows: Float32Array | Float64Array): void {
    const width = this.dimensions;
    invariant(rows.length % width === 0, 'whole samples');
    for (let start = 0; start < rows.length; start += width) {
      for (let k = 0; k < width; k++) {
        const value = rows[start + k] ?? 0;
        if (!Number.isFinite(value)) this.#bad ??= { sample: this.count, component: k, value };
        this.#block[this.#filled * width + k] = value;
      }
      this.#filled += 1;
      if (this.#filled === blockSize) this.#flush();
    }
  }

  /** Of all samples so far, at least two. */
  moments(): Moments {
    this.#flush();
    const [count, dimensions] = [this.#count, this.dimensions];
    invariant(count > 1 && this.#bad === undefined, 'moments are of two finite samples and more');
    const rest = this.#sums.map((sum) => sum / count);
    const values = new Float64Array(dimensions ** 2);
    for (let i = 0; i < dimensions; i++) {
      for (let j = 0; j < dimensions; j++) {
        const place = i * dimensions + j;
        const without = (this.#products[place] ?? 0) - count * (rest[i] ?? 0) * (rest[j] ?? 0);
        values[place] = without / (count - 1);
      }
    }
    return {
      count,
      dimensions,
      mean: rest.map((value, k) => value + (this.#shift?.[k] ?? 0)),
      covariance: { rows: dimensions, columns: dimensions, values },
    };
  }

  #flush(): void {
    const [rows, columns] = [this.#filled, this.dimensions];
    if (rows === 0) return;
    const values = this.#block.subarray(0, rows * columns);
    this.#shift ??= meanOf(values, columns);
    for (let start = 0; start < values.length; start += columns) {
      for (let k = 0; k < columns; k++) {
        const moved = (values[start + k] ?? 0) - (this.#shift[k] ?? 0);
        values[start + k] = moved;
        this.#sums[k] = (this.#sums[k] ?? 0) + moved;
      }
    }
    const block = { rows, columns, values };
    const products = columnProducts(block, block).values;
    for (let place = 0; place < products.length; place++) {
      this.#products[place] = (this.#products[place] ?? 0) + (products[place] ?? 0);
    }
    this.#count += rows;
    this.#filled = 0;
  }
}

function meanOf(values: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(width);
  for (let start = 0; start < values.length; start += width) {
    for (let k = 0; k < width; k++) sums[k] = (sums[k] ?? 0) + (values[start + k] ?? 0);
  }
  return sums.map((sum) => (sum * width) / values.length);
}

import { invariant } from '../base/invariant.js';
import { err, ok, type Result } from '../base/result.js';
import type { RandomStream } from '../base/streams.js';
import { rowProducts } from '../tensor/matrices.js';
import type { Matrix } from '../tensor/plain-matrices.js';
import { comparable, type MetricRefusal, type Samples } from './samples.js';
import { pieces } from './subsets.js';

export interface KernelDistance {
  /** Around 0 for equal distributions, and so negative at times; lower is nearer. */
  readonly value: number;
  readonly standardError: number;
}

/** Positions in the two sets of the samples of one subset. */
export interface Subset {
  readonly generated: Int32Array;
  readonly reference: Int32Array;
}

/**
 * Kernel distance between features (Bińkowski et al. 2018, "Demystifying MMD GANs", section 3): the mean over subsets of
 * the squared maximum mean discrepancy, without bias, of the kernel (x . y / d + 1)^3.
 *
 * The standard error is the deviation over the subsets, divided by the root of how many independent ones there may be:
 * no more than fit into the smaller set side by side.
 */
export function kernelDistance(
  generated: Samples,
  reference: Samples,
  subsets: readonly Subset[],
): Result<KernelDistance, MetricRefusal> {
  const checked = comparable(generated, reference);
  if (!checked.ok) return checked;
  invariant(subsets.length > 1, 'a deviation is of two subsets and more');
  const values = subsets.map((subset) =>
    unbiased(rowsOf(generated, subset.generated), rowsOf(reference, subset.reference)),
  );
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const size = subsets[0]?.generated.length ?? 1;
  const independent = Math.min(values.length, Math.min(generated.count, reference.count) / size);
  return ok({ value: mean, standardError: Math.sqrt(variance / independent) });
}

/** The largest subset unless another size is asked for. */
const usualSize = 1000;

/**
 * Subsets of one size, each without repetitions: pieces of a random order, side by side until it is used up, then of
 * another. Without a size they have 1,000 samples, or half of the smaller set where it has less than 2,000.
 */
export function drawSubsets(
  counts: readonly [generated: number, reference: number],
  { count, size }: { readonly count: number; readonly size: number | undefined },
  streamOf: (purpose: 'generated' | 'reference') => RandomStream,
): Result<readonly Subset[], MetricRefusal> {
  const least = Math.min(...counts);
  const each = size ?? Math.min(usualSize, Math.floor(least / 2));
  if (each < 2 || 2 * each > least) {
    return err({
      message: `two subsets of ${Math.max(2, each)} samples do not fit into ${least}`,
      help: `Set \`samples\` to at least ${Math.max(4, 2 * each)} and give the reference as many, or \`subset_size\` to half of the samples or less.`,
    });
  }
  const [generated, reference] = [
    pieces(counts[0], each, count, streamOf('generated')),
    pieces(counts[1], each, count, streamOf('reference')),
  ];
  return ok(generated.map((piece, index) => ({ generated: piece, reference: reference[index] ?? piece })));
}

function unbiased(x: Matrix, y: Matrix): number {
  return (
    sumOfOthers(rowProducts(x, x), x) + sumOfOthers(rowProducts(y, y), y) - 2 * meanOf(rowProducts(x, y), x)
  );
}

/** Over pairs of different samples, divided by their number. */
function sumOfOthers({ rows, columns, values }: Matrix, of: Matrix): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (row !== column) sum += cubic(values[row * columns + column] ?? 0, of.columns);
    }
  }
  return sum / (rows * (rows - 1));
}

function meanOf({ values }: Matrix, of: Matrix): number {
  return values.reduce((sum, value) => sum + cubic(value, of.columns), 0) / values.length;
}

function cubic(product: number, dimensions: number): number {
  const base = product / dimensions + 1;
  return base * base * base;
}

function rowsOf({ dimensions, values }: Samples, positions: Int32Array): Matrix {
  const rows = new Float64Array(positions.length * dimensions);
  for (const [row, position] of positions.entries()) {
    rows.set(values.subarray(position * dimensions, (position + 1) * dimensions), row * dimensions);
  }
  return { rows: positions.length, columns: dimensions, values: rows };
}

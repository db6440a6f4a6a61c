import { invariant } from '../base/invariant.js';
import type { Samples } from './samples.js';

/**
 * Squared Euclidean distances of one sample to all of a set, from differences and not from inner products: those
 * cancel where the data lie far from the origin, as at mean 1e3 and deviation 1e-2.
 *
 * @param of the set that the one sample is of
 * @param index which it is
 * @param out of `to.count`
 */
export function squaredDistancesTo(of: Samples, index: number, to: Samples, out: Float64Array): void {
  const { dimensions: width, values, count } = to;
  invariant(
    of.dimensions === width && out.length === count,
    'sets of one shape, and a place for each distance',
  );
  const start = index * width;
  const from = of.values;
  // Four at a time: each component of the one sample is loaded once for them, and their sums do not wait for each other.
  let other = 0;
  for (; other + 4 <= count; other += 4) {
    const [a, b, c, d] = [other * width, (other + 1) * width, (other + 2) * width, (other + 3) * width];
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
    for (let k = 0; k < width; k++) {
      const value = from[start + k] ?? 0;
      const toA = value - (values[a + k] ?? 0);
      const toB = value - (values[b + k] ?? 0);
      const toC = value - (values[c + k] ?? 0);
      const toD = value - (values[d + k] ?? 0);
      sumA += toA * toA;
      sumB += toB * toB;
      sumC += toC * toC;
      sumD += toD * toD;
    }
    out[other] = sumA;
    out[other + 1] = sumB;
    out[other + 2] = sumC;
    out[other + 3] = sumD;
  }
  for (; other < count; other++) {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const difference = (from[start + k] ?? 0) - (values[other * width + k] ?? 0);
      sum += difference * difference;
    }
    out[other] = sum;
  }
}

/** Distances of all samples to all of another set, raised to a power: `a.count` rows of `b.count`. */
export function distanceMatrix(a: Samples, b: Samples, power: 1 | 2): Float64Array {
  const matrix = new Float64Array(a.count * b.count);
  for (let row = 0; row < a.count; row++) {
    const distances = matrix.subarray(row * b.count, (row + 1) * b.count);
    squaredDistancesTo(a, row, b, distances);
    if (power === 1) for (let k = 0; k < distances.length; k++) distances[k] = Math.sqrt(distances[k] ?? 0);
  }
  return matrix;
}

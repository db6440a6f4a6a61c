import { invariant } from '../base/invariant.js';
import type { Samples } from './samples.js';

/**
 * Inner products of one sample with all of a set, summed in double precision.
 *
 * @param of the set that the one sample is of
 * @param index which it is
 * @param out of `to.count`
 */
export function innerProductsTo(of: Samples, index: number, to: Samples, out: Float64Array): void {
  const { dimensions: width, values, count } = to;
  invariant(
    of.dimensions === width && out.length === count,
    'sets of one shape, and a place for each product',
  );
  const start = index * width;
  for (let other = 0; other < count; other++) {
    // Four sums, as each would wait for itself.
    let [a, b, c, d] = [0, 0, 0, 0];
    const there = other * width;
    let k = 0;
    for (; k + 4 <= width; k += 4) {
      a += (of.values[start + k] ?? 0) * (values[there + k] ?? 0);
      b += (of.values[start + k + 1] ?? 0) * (values[there + k + 1] ?? 0);
      c += (of.values[start + k + 2] ?? 0) * (values[there + k + 2] ?? 0);
      d += (of.values[start + k + 3] ?? 0) * (values[there + k + 3] ?? 0);
    }
    for (; k < width; k++) a += (of.values[start + k] ?? 0) * (values[there + k] ?? 0);
    out[other] = a + b + c + d;
  }
}

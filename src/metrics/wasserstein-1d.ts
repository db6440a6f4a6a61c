import { invariant } from '../base/invariant.js';

/**
 * Wasserstein-1 distance between two empirical distributions on the line, each sample weighing the same:
 *
 *   W1(a, b) = integral over q in [0, 1] of |A(q) - B(q)|,
 *
 * A and B being their quantile functions (Villani, Topics in Optimal Transportation, 2003, section 2.2). Exact
 * for unequal counts too: both quantile functions are steps, so the integral is a sum over their joint steps.
 *
 * @param a sorted, finite, at least one; in the units of the result
 * @param b sorted, finite, at least one
 * @throws InternalError when one of them is empty
 */
export function wassersteinOfSorted(a: Float64Array, b: Float64Array): number {
  invariant(a.length > 0 && b.length > 0, 'the distance needs a sample on both sides');
  let sum = 0;
  if (a.length === b.length) {
    for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    return sum / a.length;
  }
  // Quantiles are counted in units of 1 / (a.length * b.length), in which every step's end is an integer.
  let [i, j, quantile] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [endOfA, endOfB] = [(i + 1) * b.length, (j + 1) * a.length];
    const next = Math.min(endOfA, endOfB);
    sum += (next - quantile) * Math.abs((a[i] ?? 0) - (b[j] ?? 0));
    if (endOfA === next) i++;
    if (endOfB === next) j++;
    quantile = next;
  }
  return sum / (a.length * b.length);
}

import { ok, type Result } from '../base/result.js';
import { squaredDistancesTo } from './pairwise.js';
import { comparable, type MetricRefusal, type Samples } from './samples.js';

/**
 * Energy distance between two empirical distributions (Székely and Rizzo 2013, "Energy statistics: A class of statistics
 * based on distances", equation 2.5, a V-statistic):
 *
 *   D(P, Q) = 2 E|x - y| - E|x - x'| - E|y - y'|,
 *
 * x, x' of P and y, y' of Q, the means being over all pairs, those of a sample with itself included. In the units of the
 * samples, from 0, which it is only for equal distributions; lower is nearer. scipy's `energy_distance` is its root.
 * Counts may differ.
 */
export function energyDistance(generated: Samples, reference: Samples): Result<number, MetricRefusal> {
  const checked = comparable(generated, reference);
  if (!checked.ok) return checked;
  return ok(
    2 * meanDistance(generated, reference) -
      meanDistance(generated, generated) -
      meanDistance(reference, reference),
  );
}

function meanDistance(a: Samples, b: Samples): number {
  const distances = new Float64Array(b.count);
  let sum = 0;
  for (let row = 0; row < a.count; row++) {
    squaredDistancesTo(a, row, b, distances);
    // Row by row, so that rounding grows with the root of the pairs and not with their number.
    sum += distances.reduce((total, squared) => total + Math.sqrt(squared), 0) / b.count;
  }
  return sum / a.count;
}

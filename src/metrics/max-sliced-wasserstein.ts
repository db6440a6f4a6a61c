import { required } from '../base/invariant.js';
import { ok, type Result } from '../base/result.js';
import { comparable, type MetricRefusal, type Samples } from './samples.js';
import { wassersteinOfSorted } from './wasserstein-1d.js';

/**
 * Max-sliced Wasserstein-1 distance (Deshpande et al. 2019, "Max-Sliced Wasserstein Distance and its use for GANs",
 * equation 8, with p = 1): the largest 1-D distance between projections,
 *
 *   max over u on the unit sphere of W1(u . P, u . Q).
 *
 * The best of the given directions is followed upwards: with the monotone coupling of the projections held, the distance is
 * u . t, t being the mean of the coupled differences, each with the sign of its projection, and u := t / |t| the best
 * direction; while that gains, it is repeated. A maximum from where this ends: a lower bound of the true one, which is
 * at most W1. In the units of the samples, from 0, lower is nearer. Counts may differ.
 *
 * @param directions unit vectors, row after row
 * @param steps upwards, at most; 0 takes the best of the directions
 */
export function maxSlicedWasserstein(
  generated: Samples,
  reference: Samples,
  directions: Float64Array,
  steps: number,
): Result<number, MetricRefusal> {
  const checked = comparable(generated, reference);
  if (!checked.ok) return checked;
  const width = generated.dimensions;
  let best = -1;
  let direction = directions.subarray(0, width);
  for (let start = 0; start < directions.length; start += width) {
    const other = directions.subarray(start, start + width);
    const distance = wassersteinOfSorted(
      projected(generated, other).sort(),
      projected(reference, other).sort(),
    );
    if (distance <= best) continue;
    best = distance;
    direction = other;
  }
  for (let step = 0; step < steps; step++) {
    const ascent = meanDifference(generated, reference, direction);
    const length = Math.sqrt(ascent.reduce((sum, value) => sum + value * value, 0));
    if (length === 0) break;
    direction = ascent.map((value) => value / length);
    const distance = wassersteinOfSorted(
      projected(generated, direction).sort(),
      projected(reference, direction).sort(),
    );
    if (distance <= best) break;
    best = distance;
  }
  return ok(best);
}

function projected({ count, dimensions, values }: Samples, direction: Float64Array): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => {
    let sum = 0;
    const start = index * dimensions;
    for (let k = 0; k < dimensions; k++) sum += (values[start + k] ?? 0) * (direction[k] ?? 0);
    return sum;
  });
}

/** The mean over pairs of samples that the projections couple, of their difference with the sign of its projection. */
function meanDifference(a: Samples, b: Samples, direction: Float64Array): Float64Array {
  const [onA, onB] = [projected(a, direction), projected(b, direction)];
  const [orderA, orderB] = [orderOf(onA), orderOf(onB)];
  const mean = new Float64Array(a.dimensions);
  // As in `wassersteinOfSorted`: quantiles in units of 1 / (a.count * b.count).
  let [i, j, quantile] = [0, 0, 0];
  while (i < a.count && j < b.count) {
    const [endOfA, endOfB] = [(i + 1) * b.count, (j + 1) * a.count];
    const next = Math.min(endOfA, endOfB);
    const [x, y] = [required(orderA[i], 'a sample'), required(orderB[j], 'a sample')];
    const weight = (Math.sign((onA[x] ?? 0) - (onB[y] ?? 0)) * (next - quantile)) / (a.count * b.count);
    for (let k = 0; k < mean.length; k++) {
      const difference = (a.values[x * mean.length + k] ?? 0) - (b.values[y * mean.length + k] ?? 0);
      mean[k] = (mean[k] ?? 0) + weight * difference;
    }
    if (endOfA === next) i++;
    if (endOfB === next) j++;
    quantile = next;
  }
  return mean;
}

function orderOf(values: Float64Array): Int32Array {
  return Int32Array.from(values.keys()).sort((x, y) => (values[x] ?? 0) - (values[y] ?? 0));
}

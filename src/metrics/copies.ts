import { ok, type Result } from '../base/result.js';
import { squaredDistancesToNearest } from './neighbours.js';
import { comparable, type MetricRefusal, type Samples } from './samples.js';

export interface NearestDistances {
  /** Mean distance of a generated sample to its nearest known one. */
  readonly generated: number;
  /** The same of a reference sample, which the generator has not made: what no copying looks like. */
  readonly reference: number;
}

/**
 * How near samples lie to those that they may have been copied from: the mean over samples x of
 *
 *   min over known samples z of |x - z|,
 *
 * of the generated samples and of held-out ones beside them (as in the test of Meehan et al. 2020, "A Non-Parametric Test
 * to Detect Data-Copying in Generative Models", which compares these two). In the units of the samples, from 0.
 *
 * @param known the split that samples may have been copied from
 * @param ofReference may know the reference's distance from before, and is given what finds it
 */
export function nearestDistances(
  generated: Samples,
  reference: Samples,
  known: Samples,
  ofReference: (find: () => number) => number = (find) => find(),
): Result<NearestDistances, MetricRefusal> {
  for (const set of [reference, known]) {
    const checked = comparable(generated, set);
    if (!checked.ok) return checked;
  }
  return ok({
    generated: meanToNearest(generated, known),
    reference: ofReference(() => meanToNearest(reference, known)),
  });
}

function meanToNearest(samples: Samples, known: Samples): number {
  const squared = squaredDistancesToNearest(samples, known);
  return squared.reduce((sum, value) => sum + Math.sqrt(value), 0) / samples.count;
}

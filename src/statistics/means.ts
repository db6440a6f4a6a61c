import { around, type Estimate, type Pair, single, unbounded } from './estimate.js';
import { sampleOf, standardError } from './sample.js';
import { centralQuantile } from './student-t.js';
import { unpairedErrors } from './unpaired-errors.js';

/**
 * The mean of the distribution that independent replications are drawn from, with Student's interval (n - 1 degrees of freedom).
 *
 * Here and below: `confidence` is in (0.5, 1), values are not NaN, and there is at least one. An infinite value makes the mean infinite for
 * certain: a distribution that has mass there has no other.
 */
export function meanOf(values: readonly number[], confidence: number): Estimate {
  const sample = sampleOf(values);
  const { count, mean } = sample;
  if (Number.isNaN(mean)) return { value: 0, count, spread: unbounded };
  if (count === 1) return { value: mean, count, spread: single };
  const margin = centralQuantile(confidence, count - 1) * standardError(sample);
  return { value: mean, count, spread: around(mean, margin) };
}

/** Mean of the first less mean of the second, by the differences of the pairs: what both share, as luck with a seed, cancels. */
export function pairedDifference(pairs: readonly Pair[], confidence: number): Estimate {
  const differences = differencesOf(pairs);
  return differences === undefined
    ? { value: 0, count: pairs.length, spread: unbounded }
    : meanOf(differences, confidence);
}

/** Undefined where one has no value, as both sides of its pair are infinite. */
export function differencesOf(pairs: readonly Pair[]): readonly number[] | undefined {
  const differences = pairs.map(([value, other]) => value - other);
  const isUndefined = pairs.some(([value, other]) => value === other && !Number.isFinite(value));
  return isUndefined ? undefined : differences;
}

/**
 * Mean of `a` less mean of `b`, which are independent of one another, with Welch's interval: spreads and counts may differ. With one
 * replication on one side, equal spread is assumed, and s sqrt(1/n + 1/m) with the n - 1 degrees of freedom of the larger side is the error: the single one is a draw
 * of its own, so with `a` single this is where `a` would be among further replications of `b` (a prediction interval).
 */
export function unpairedDifference(a: readonly number[], b: readonly number[], confidence: number): Estimate {
  const [sampleA, sampleB] = [sampleOf(a), sampleOf(b)];
  const value = sampleA.mean - sampleB.mean;
  const { count } = sampleA;
  if (Number.isNaN(value)) return { value: 0, count, spread: unbounded };
  const errors = unpairedErrors(sampleA, sampleB);
  if (errors === undefined) return { value, count, spread: single };
  const margin = centralQuantile(confidence, errors.freedom(1)) * Math.hypot(errors.a, errors.b);
  return { value, count, spread: around(value, margin) };
}

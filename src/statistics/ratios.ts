import { type Estimate, type Pair, single, unbounded } from './estimate.js';
import { fiellerSet } from './fieller.js';
import { sampleOf, standardError } from './sample.js';
import { centralQuantile } from './student-t.js';
import { unpairedErrors } from './unpaired-errors.js';

/**
 * Mean of the first over mean of the second, with Fieller's set at n - 1 degrees of freedom: the covariance of the pairs counts.
 * Values as in `means.ts`. A denominator that is 0 counts as one just above 0.
 */
export function pairedRatio(pairs: readonly Pair[], confidence: number): Estimate {
  const [a, b] = [sampleOf(pairs.map(([value]) => value)), sampleOf(pairs.map(([, other]) => other))];
  const { count } = a;
  const value = a.mean / b.mean;
  if (Number.isNaN(value)) return { value: 1, count, spread: unbounded };
  if (count === 1) return { value: value + 0, count, spread: single };
  // From deviations, not from values: the part that all replications share cancels before anything is rounded.
  const residuals = a.deviations.map((deviation, k) => deviation - value * (b.deviations[k] ?? 0));
  const freedom = count - 1;
  const spread = fiellerSet({
    numerator: a.mean,
    denominator: b.mean,
    quantile: centralQuantile(confidence, freedom),
    errorOfNumerator: standardError(a),
    errorOfDenominator: standardError(b),
    residualError: () => Math.hypot(...residuals) / Math.sqrt(count * freedom),
    residualCovariance: () =>
      residuals.reduce((sum, residual, k) => sum + residual * (b.deviations[k] ?? 0), 0) / (count * freedom),
  });
  return { value: value + 0, count, spread };
}

/**
 * Mean of `a` over mean of `b`, which are independent of one another, with Fieller's set. Its degrees of freedom would depend on each ratio that is
 * asked about; they are Welch's of a - r b at the estimated ratio r. With one replication on one side, both sides are assumed to spread
 * equally, in the values' own unit, as in `unpairedDifference`.
 */
export function unpairedRatio(a: readonly number[], b: readonly number[], confidence: number): Estimate {
  const [sampleA, sampleB] = [sampleOf(a), sampleOf(b)];
  const { count } = sampleA;
  const value = sampleA.mean / sampleB.mean;
  if (Number.isNaN(value)) return { value: 1, count, spread: unbounded };
  const errors = unpairedErrors(sampleA, sampleB);
  if (errors === undefined) return { value: value + 0, count, spread: single };
  // Where the ratio is infinite, only one side can have an error that matters.
  const slope = Number.isFinite(value) ? Math.abs(value) : 1;
  const spread = fiellerSet({
    numerator: sampleA.mean,
    denominator: sampleB.mean,
    quantile: centralQuantile(confidence, errors.freedom(slope)),
    errorOfNumerator: errors.a,
    errorOfDenominator: errors.b,
    residualError: () => Math.hypot(errors.a, value * errors.b),
    residualCovariance: () => -value * errors.b ** 2,
  });
  return { value: value + 0, count, spread };
}

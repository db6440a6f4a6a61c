import { type Estimate, type Pair, single, unbounded } from './estimate.js';
import { fiellerSet, quotient } from './fieller.js';
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
  const value = quotient(a.mean, b.mean);
  if (Number.isNaN(value)) return { value: 1, count, spread: unbounded };
  if (count === 1) return { value, count, spread: single };
  const freedom = count - 1;
  const spread = fiellerSet({
    ratio: value,
    numerator: a.mean,
    denominator: b.mean,
    quantile: centralQuantile(confidence, freedom),
    errorOfNumerator: standardError(a),
    errorOfDenominator: standardError(b),
    residual: () => {
      // From deviations, not from values: the part that all replications share cancels before anything is rounded.
      const ofB = b.deviations.map((deviation) => deviation / b.mean);
      const residuals = a.deviations.map((deviation, k) => deviation / b.mean - value * (ofB[k] ?? 0));
      const products = residuals.map((residual, k) => residual * (ofB[k] ?? 0));
      return {
        error: Math.hypot(...residuals) / Math.sqrt(count * freedom),
        covariance: products.reduce((sum, product) => sum + product, 0) / (count * freedom),
      };
    },
  });
  return { value, count, spread };
}

/**
 * Mean of `a` over mean of `b`, which are independent of one another, with Fieller's set. Its degrees of freedom would depend on each ratio that is
 * asked about; they are Welch's of a - r b at the estimated ratio r. With one replication on one side, both sides are assumed to spread
 * equally, in the values' own unit, as in `unpairedDifference`.
 */
export function unpairedRatio(a: readonly number[], b: readonly number[], confidence: number): Estimate {
  const [sampleA, sampleB] = [sampleOf(a), sampleOf(b)];
  const { count } = sampleA;
  const value = quotient(sampleA.mean, sampleB.mean);
  if (Number.isNaN(value)) return { value: 1, count, spread: unbounded };
  const errors = unpairedErrors(sampleA, sampleB);
  if (errors === undefined) return { value, count, spread: single };
  // Where the ratio is infinite, only one side can have an error that matters.
  const slope = Number.isFinite(value) ? Math.abs(value) : 1;
  const spread = fiellerSet({
    ratio: value,
    numerator: sampleA.mean,
    denominator: sampleB.mean,
    quantile: centralQuantile(confidence, errors.freedom(slope)),
    errorOfNumerator: errors.a,
    errorOfDenominator: errors.b,
    residual: () => {
      const [ofA, ofB] = [errors.a / sampleB.mean, errors.b / sampleB.mean];
      return { error: Math.hypot(ofA, value * ofB), covariance: -value * ofB ** 2 };
    },
  });
  return { value, count, spread };
}

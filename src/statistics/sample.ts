import { invariant } from '../base/invariant.js';

/** Replications of one number, as far as estimates ask for them. */
export interface Sample {
  readonly count: number;
  /** Infinite where a value is, NaN where there are infinite ones of both signs. */
  readonly mean: number;
  /** Of each value from the mean; all 0 where that is not finite, as it is not finite for certain. */
  readonly deviations: readonly number[];
  /** By n - 1; 0 for one value. */
  readonly standardDeviation: number;
}

/** Beyond it sums and differences of values could overflow. */
const farthest = 2 ** 1000;

/** Of at least one value, none NaN. Those beyond 2^1000 count as infinite. */
export function sampleOf(given: readonly number[]): Sample {
  invariant(given.length > 0 && !given.some(Number.isNaN), `replications of values ${given.join(', ')}`);
  const values = given.map((value) => (Math.abs(value) > farthest ? Math.sign(value) * Infinity : value));
  const count = values.length;
  if (!values.every(Number.isFinite)) {
    const mean = values.reduce((sum, value) => sum + value, 0);
    return { count, mean, deviations: values.map(() => 0), standardDeviation: 0 };
  }
  // From the first value on, so that a large part which they share costs no digits, and equal ones have exactly no deviations.
  const origin = values[0] ?? 0;
  const offset = values.reduce((sum, value) => sum + (value - origin), 0) / count;
  const deviations = values.map((value) => value - origin - offset);
  const standardDeviation = Math.hypot(...deviations) / Math.sqrt(Math.max(count - 1, 1));
  return { count, mean: origin + offset, deviations, standardDeviation };
}

/** The standard error of its mean. */
export function standardError({ standardDeviation, count }: Sample): number {
  return standardDeviation / Math.sqrt(count);
}

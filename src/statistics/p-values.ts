import { invariant } from '../base/invariant.js';
import type { Pair } from './estimate.js';
import { differencesOf } from './means.js';
import { sampleOf, standardError } from './sample.js';
import { twoSidedTail } from './student-t.js';

/**
 * Of Student's paired test, two-sided, that the mean difference of the pairs is 0: below 1 - confidence just where the interval of
 * `pairedDifference` leaves 0 out. So it is 1 where the difference has no value, and 0 or 1 where the differences do not spread. Undefined for
 * fewer than 2 pairs.
 */
export function pairedP(pairs: readonly Pair[]): number | undefined {
  if (pairs.length < 2) return undefined;
  const differences = differencesOf(pairs);
  if (differences === undefined) return 1;
  const sample = sampleOf(differences);
  if (Number.isNaN(sample.mean) || sample.mean === 0) return 1;
  return twoSidedTail(sample.mean / standardError(sample), sample.count - 1);
}

/**
 * Adjusted p-values, in the order given: rejecting where they are at most alpha makes any wrong rejection at all at most alpha likely, however
 * the tests depend on one another (Holm 1979, "A simple sequentially rejective multiple test procedure"). The k-th smallest of m counts
 * m - k + 1 times, at least as much as those before it, and at most 1.
 * @param pValues in [0, 1]
 */
export function holm(pValues: readonly number[]): readonly number[] {
  invariant(
    pValues.every((p) => p >= 0 && p <= 1),
    `p-values ${pValues.join(', ')}`,
  );
  const ascending = pValues.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p);
  const adjusted = pValues.map(() => 1);
  let least = 0;
  for (const [rank, { p, index }] of ascending.entries()) {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = least;
  }
  return adjusted;
}

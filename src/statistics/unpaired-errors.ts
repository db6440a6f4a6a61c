import { type Sample, standardError } from './sample.js';

/** What is known of how far the means of two independent samples are from the true ones. */
export interface UnpairedErrors {
  readonly a: number;
  readonly b: number;
  /** Degrees of freedom of the error of `mean a - slope * mean b`. */
  readonly freedom: (slope: number) => number;
}

/**
 * The standard errors of both means. With one replication on one side that side is taken to spread as the other does, of which all is then
 * known that is known. Undefined with one on both.
 */
export function unpairedErrors(a: Sample, b: Sample): UnpairedErrors | undefined {
  if (a.count > 1 && b.count > 1) {
    const [ofA, ofB] = [standardError(a), standardError(b)];
    return { a: ofA, b: ofB, freedom: (slope) => welch(ofA, a.count, slope * ofB, b.count) };
  }
  const larger = a.count > 1 ? a : b;
  if (larger.count === 1) return undefined;
  const { standardDeviation, count } = larger;
  return {
    a: standardDeviation / Math.sqrt(a.count),
    b: standardDeviation / Math.sqrt(b.count),
    freedom: () => count - 1,
  };
}

/** Welch 1947, "The generalization of Student's problem when several different population variances are involved"; Satterthwaite 1946. */
function welch(errorA: number, countA: number, errorB: number, countB: number): number {
  const both = Math.hypot(errorA, errorB);
  // Without any error it does not matter.
  if (both === 0) return countA + countB - 2;
  // By shares, of which no fourth power can overflow.
  return 1 / ((errorA / both) ** 4 / (countA - 1) + (errorB / both) ** 4 / (countB - 1));
}

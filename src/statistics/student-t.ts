import jstat from 'jstat';

import { invariant } from '../base/invariant.js';

/**
 * The t with P(|T| <= t) = `confidence`, which is in (0.5, 1), of Student's t with `freedom` degrees of freedom: any number from 1.
 * Equal to SciPy's to 1e-7 relative.
 */
export function centralQuantile(confidence: number, freedom: number): number {
  invariant(confidence > 0.5 && confidence < 1, `a confidence of ${confidence}`);
  return jstat.studentt.inv((1 + confidence) / 2, freedom);
}

/**
 * P(|T| >= |t|) of Student's t with `freedom` degrees of freedom, from 1; 0 for an infinite t. As I_x(freedom / 2, 1 / 2) with
 * x = freedom / (freedom + t^2) (Abramowitz and Stegun 1964, 26.7.1), since twice a tail that is found as 1 less the rest has no
 * digits where it is small. Equal to SciPy's to 1e-6 relative.
 */
export function twoSidedTail(t: number, freedom: number): number {
  return jstat.ibeta(freedom / (freedom + t ** 2), freedom / 2, 1 / 2);
}

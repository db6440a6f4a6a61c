import { required } from '../base/invariant.js';
import type { Result } from '../base/result.js';
import { StageProblem } from '../execute/contract.js';
import type { MetricRefusal } from '../metrics/samples.js';

/** Of all that metrics draw at random, whatever the pipeline's seed is. */
export const rulerSeed = 0;

/** What a metric needs to know of samples, which has been collected. */
export function known<T>(aspect: T | undefined): T {
  return required(aspect, 'what a metric needs to know of samples');
}

/** @throws StageProblem at the metric that has no value. */
export function valued<T>(result: Result<T, MetricRefusal>, field: readonly string[]): T {
  if (result.ok) return result.value;
  throw new StageProblem(result.error.message, field, result.error.help);
}

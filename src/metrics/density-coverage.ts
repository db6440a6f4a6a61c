import { ok, type Result } from '../base/result.js';
import { squaredRadii, withNeighbours } from './neighbours.js';
import { squaredDistancesTo } from './pairwise.js';
import type { MetricRefusal, Samples } from './samples.js';

export interface DensityCoverage {
  /** How many reference samples' balls a generated sample lies in, over k: from 0, about 1 for equal distributions. */
  readonly density: number;
  /** Share of reference samples whose ball has a generated sample in it. */
  readonly coverage: number;
}

/**
 * Density and coverage (Naeem et al. 2020, "Reliable Fidelity and Diversity Metrics for Generative Models", equations 3
 * and 4). Balls are only around reference samples, each as large as the distance to its k-th nearest other one, so that
 * a stray generated sample has no say in what counts as covered. Higher is better.
 */
export function densityCoverage(
  generated: Samples,
  reference: Samples,
  k: number,
): Result<DensityCoverage, MetricRefusal> {
  const checked = withNeighbours(generated, reference, k);
  if (!checked.ok) return checked;
  const radii = squaredRadii(reference, k);
  const row = new Float64Array(generated.count);
  let [pairs, covered] = [0, 0];
  for (const [index, radius] of radii.entries()) {
    squaredDistancesTo(reference, index, generated, row);
    const inside = row.reduce((count, squared) => count + (squared < radius ? 1 : 0), 0);
    pairs += inside;
    if (inside > 0) covered++;
  }
  return ok({ density: pairs / (k * generated.count), coverage: covered / reference.count });
}

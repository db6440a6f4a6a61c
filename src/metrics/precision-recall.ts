import { ok, type Result } from '../base/result.js';
import { squaredRadii, withNeighbours } from './neighbours.js';
import { squaredDistancesTo } from './pairwise.js';
import type { MetricRefusal, Samples } from './samples.js';

export interface PrecisionRecall {
  /** Share of generated samples that lie among the reference. */
  readonly precision: number;
  /** Share of reference samples that lie among the generated ones. */
  readonly recall: number;
}

/**
 * Improved precision and recall (Kynkäänniemi et al. 2019, "Improved Precision and Recall Metric for Assessing
 * Generative Models", equations 1 and 2). A set's manifold is the union of balls around its samples, each as large as
 * the distance to its k-th nearest other one; precision is the share of generated samples within the reference's
 * balls, recall the share of reference samples within those of the generated. From 0 to 1, higher is better.
 */
export function precisionRecall(
  generated: Samples,
  reference: Samples,
  k: number,
): Result<PrecisionRecall, MetricRefusal> {
  const checked = withNeighbours(generated, reference, k);
  if (!checked.ok) return checked;
  return ok({
    precision: shareWithin(generated, reference, k),
    recall: shareWithin(reference, generated, k),
  });
}

function shareWithin(samples: Samples, set: Samples, k: number): number {
  const radii = squaredRadii(set, k);
  const row = new Float64Array(set.count);
  let within = 0;
  for (let index = 0; index < samples.count; index++) {
    squaredDistancesTo(samples, index, set, row);
    // Within, not on the rim: of a set that is one point the balls are empty, as in the package `prdc`.
    if (row.some((squared, other) => squared < (radii[other] ?? 0))) within++;
  }
  return within / samples.count;
}

import { err, ok, type Result } from '../base/result.js';
import { columnProducts, singularValues } from '../tensor/matrices.js';
import { covarianceRoot } from './covariance-root.js';
import type { Moments, RunningMoments } from './moments.js';
import { featureProblem, type MetricRefusal } from './samples.js';

/**
 * Fréchet distance between Gaussians with the moments of two sets of features (Heusel et al. 2017, "GANs Trained by a Two
 * Time-Scale Update Rule Converge to a Local Nash Equilibrium", equation 6; Dowson and Landau 1982):
 *
 *     |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)).
 *
 * The trace of the root is the sum of the singular values of L2^T L1, with Si = Li Li^T: those of S1^(1/2) S2 S1^(1/2)
 * are their squares. So nothing is squared where covariances are nearly singular. In squared units of the features, from
 * 0, lower is nearer. Counts may differ.
 */
export function frechetDistance(
  generated: RunningMoments,
  reference: RunningMoments,
): Result<number, MetricRefusal> {
  for (const [role, set] of [
    ['generated', generated],
    ['reference', reference],
  ] as const) {
    if (set.bad !== undefined) return err(featureProblem(role, set.bad));
    const { count, dimensions } = set;
    if (count > dimensions) continue;
    return err({
      message: `${count} ${role} samples are too few for the covariance of ${dimensions} features`,
      help: `Set \`samples\` to more than ${dimensions}, better to ten times as many, and give the reference as many; or use \`kid\`, which needs no covariance.`,
    });
  }
  const real = reference.moments();
  if (traceOf(real) === 0) {
    return err({
      message: `the features of all ${real.count} reference samples are equal`,
      help: 'Look at the dataset and at the extractor: it tells nothing apart.',
    });
  }
  return ok(betweenGaussians(generated.moments(), real));
}

/** Of the Gaussians with these moments. */
export function betweenGaussians(a: Moments, b: Moments): number {
  const squared = a.mean.reduce((sum, value, k) => sum + (value - (b.mean[k] ?? 0)) ** 2, 0);
  const [rootA, rootB] = [covarianceRoot(a.covariance), covarianceRoot(b.covariance)];
  const isPoint = rootA.columns === 0 || rootB.columns === 0;
  const shared = isPoint
    ? 0
    : singularValues(columnProducts(rootB, rootA)).reduce((sum, value) => sum + value, 0);
  return squared + traceOf(a) + traceOf(b) - 2 * shared;
}

function traceOf({ dimensions, covariance }: Moments): number {
  let trace = 0;
  for (let k = 0; k < dimensions; k++) trace += covariance.values[k * (dimensions + 1)] ?? 0;
  return trace;
}

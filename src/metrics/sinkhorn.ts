import { mostAssigned } from '../base/limits.js';
import { err, ok, type Result } from '../base/result.js';
import { distanceMatrix } from './pairwise.js';
import { comparable, type MetricRefusal, type Samples } from './samples.js';
import { regularisedCost } from './sinkhorn-iterations.js';

/**
 * Debiased Sinkhorn divergence (Feydy et al. 2019, "Interpolating between Optimal Transport and MMD using Sinkhorn
 * Divergences", equations 1 and 3):
 *
 *   S(P, Q) = OT(P, Q) - OT(P, P) / 2 - OT(Q, Q) / 2,
 *   OT(P, Q) = min over couplings G of sum G |x - y|^p + epsilon KL(G | P x Q).
 *
 * In the units of the samples to the power p, from 0, lower is nearer: for small epsilon it goes to Wp^p, for large to
 * half the energy distance (p = 1) or the squared distance of the means (p = 2). Counts may differ.
 *
 * @param epsilon in the units of the samples to the power p, as the cost
 */
export function sinkhornDivergence(
  generated: Samples,
  reference: Samples,
  { order, epsilon }: { readonly order: 1 | 2; readonly epsilon: number },
): Result<number, MetricRefusal> {
  const checked = comparable(generated, reference);
  if (!checked.ok) return checked;
  const most = Math.max(generated.count, reference.count);
  if (most > mostAssigned) {
    return err({
      message: `${most} samples are more than the ${mostAssigned} whose couplings are computed`,
      help: `Set \`samples\` to ${mostAssigned} or fewer, or use \`sliced_wasserstein\`, which takes any number.`,
    });
  }
  let divergence = 0;
  for (const [a, b, weight] of [
    [generated, reference, 1],
    [generated, generated, -1 / 2],
    [reference, reference, -1 / 2],
  ] as const) {
    const costs = distanceMatrix(a, b, order);
    const cost = regularisedCost(costs, a.count, b.count, epsilon);
    if (!cost.ok) {
      return err({
        message: `the couplings do not converge at an epsilon of ${epsilon}: given up after ${cost.error} iterations`,
        help: 'Give a larger `epsilon`: a hundredth of the mean cost between samples converges soon.',
      });
    }
    divergence += weight * cost.value;
  }
  return ok(divergence);
}

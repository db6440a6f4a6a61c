import { mostAssigned } from '../base/limits.js';
import { err, ok, type Result } from '../base/result.js';
import { optimalAssignment } from './assignment.js';
import { distanceMatrix } from './pairwise.js';
import { comparable, type MetricRefusal, type Samples } from './samples.js';

/**
 * Wasserstein distance of order p between two empirical distributions of n samples each, exactly:
 *
 *   Wp(P, Q) = ( min over permutations s of 1/n sum over i of |x(i) - y(s(i))|^p )^(1/p),
 *
 * |.| being the Euclidean norm: of couplings of n equal weights with n equal weights, a permutation is always among
 * the best (Birkhoff; Peyré and Cuturi 2019, "Computational Optimal Transport", proposition 2.1; POT's `emd2`). In the units
 * of the samples for both orders, zero or more, lower is nearer. W1 is at most W2.
 *
 * Costs of order 2 are taken between the sets moved to their means, as W2^2 is the squared distance of the means plus
 * that of the centred sets (ibid., remark 2.19): a shift, however large, costs no digits.
 */
export function exactWasserstein(
  generated: Samples,
  reference: Samples,
  order: 1 | 2,
): Result<number, MetricRefusal> {
  const checked = comparable(generated, reference);
  if (!checked.ok) return checked;
  const { count } = generated;
  if (count !== reference.count) {
    return err({
      message: `${count} generated samples cannot be paired with ${reference.count} reference samples`,
      help: 'Set `samples` to a number that the reference split has, or use `sliced_wasserstein`, which takes unequal counts.',
    });
  }
  if (count > mostAssigned) {
    return err({
      message: `${count} samples are more than the ${mostAssigned} that are paired exactly`,
      help: `Set \`samples\` to ${mostAssigned} or fewer, or use \`sliced_wasserstein\`, which takes any number.`,
    });
  }

  if (order === 1) return ok(meanCost(generated, reference, 1));
  const [a, b] = [centred(generated), centred(reference)];
  const shift = a.mean.reduce((sum, value, k) => sum + (value - (b.mean[k] ?? 0)) ** 2, 0);
  return ok(Math.sqrt(shift + meanCost(a.samples, b.samples, 2)));
}

function meanCost(a: Samples, b: Samples, power: 1 | 2): number {
  const { count } = a;
  const costs = distanceMatrix(a, b, power);
  const { columnOf } = optimalAssignment(costs, count);
  return columnOf.reduce((sum, column, row) => sum + (costs[row * count + column] ?? 0), 0) / count;
}

function centred({ count, dimensions, values }: Samples): { samples: Samples; mean: Float64Array } {
  const mean = new Float64Array(dimensions);
  for (const [index, value] of values.entries()) {
    const component = index % dimensions;
    mean[component] = (mean[component] ?? 0) + value / count;
  }
  const moved = Float64Array.from(values, (value, index) => value - (mean[index % dimensions] ?? 0));
  return { samples: { count, dimensions, values: moved }, mean };
}

import { err, ok, type Result } from '../base/result.js';
import type { Kernel } from './kernels.js';
import { squaredDistancesTo } from './pairwise.js';
import { comparable, type MetricRefusal, type Samples } from './samples.js';

/**
 * Squared maximum mean discrepancy, without bias (Gretton et al. 2012, "A Kernel Two-Sample Test", equation 3):
 *
 *   MMD^2 = mean over i != j of k(x(i), x(j)) + mean over i != j of k(y(i), y(j)) - 2 mean over i, j of k(x(i), y(j)).
 *
 * In the kernel's units, around 0 for equal distributions and so negative at times; lower is nearer. Counts may differ.
 */
export function squaredMmd(
  generated: Samples,
  reference: Samples,
  kernel: Kernel,
): Result<number, MetricRefusal> {
  const checked = inPairs(generated, reference);
  if (!checked.ok) return checked;
  return ok(
    meanOfOthers(generated, kernel) +
      meanOfOthers(reference, kernel) -
      2 * mean(generated, reference, kernel),
  );
}

/** Whether there are pairs to compare. To be asked before the reference is asked for a bandwidth. */
export function inPairs(generated: Samples, reference: Samples): Result<undefined, MetricRefusal> {
  const checked = comparable(generated, reference);
  if (!checked.ok || Math.min(generated.count, reference.count) >= 2) return checked;
  return err({
    message: 'pairs of different samples are compared, and there is one sample only',
    help: 'Set `samples` to at least 2, better to 1,000.',
  });
}

function mean(a: Samples, b: Samples, kernel: Kernel): number {
  const row = new Float64Array(b.count);
  let sum = 0;
  for (let index = 0; index < a.count; index++) {
    kernel(a, index, b, row);
    sum += row.reduce((total, value) => total + value, 0) / b.count;
  }
  return sum / a.count;
}

/** Over pairs of different samples of one set. */
function meanOfOthers(set: Samples, kernel: Kernel): number {
  const row = new Float64Array(set.count);
  let sum = 0;
  for (let index = 0; index < set.count; index++) {
    kernel(set, index, set, row);
    row[index] = 0;
    sum += row.reduce((total, value) => total + value, 0) / (set.count - 1);
  }
  return sum / set.count;
}

/** As many samples give the median to a few per cent. */
const medianOf = 1000;

/**
 * The median heuristic for a Gaussian kernel's bandwidth (Gretton et al. 2012, section 8): the median distance between
 * samples, here of the reference alone, its first 1,000. With the generated samples in it, as in the paper, each
 * snapshot would be measured with another kernel. In the units of the samples.
 */
export function medianDistance(reference: Samples): Result<number, MetricRefusal> {
  const count = Math.min(reference.count, medianOf);
  const { dimensions, values } = reference;
  const first = { count, dimensions, values: values.subarray(0, count * dimensions) };
  const row = new Float64Array(count);
  const squared = new Float64Array((count * (count - 1)) / 2);
  let filled = 0;
  for (let index = 0; index < count; index++) {
    squaredDistancesTo(first, index, first, row);
    squared.set(row.subarray(index + 1), filled);
    filled += count - index - 1;
  }
  squared.sort();
  const middle = squared.length / 2;
  const [lower, upper] = [squared[Math.ceil(middle) - 1] ?? 0, squared[Math.floor(middle)] ?? 0];
  const median = (Math.sqrt(lower) + Math.sqrt(upper)) / 2;
  if (median > 0) return ok(median);
  return err({
    message: 'the median distance between reference samples is 0',
    help: 'Give a `bandwidth` in the units of the data, or look at the dataset: most of its samples are equal.',
  });
}

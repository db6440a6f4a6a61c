import { err, ok, type Result } from '../base/result.js';
import { squaredDistancesTo } from './pairwise.js';
import { comparable, type MetricRefusal, type Samples } from './samples.js';

/** The squared distance of each sample to its k-th nearest other one of the same set. */
export function squaredRadii(set: Samples, k: number): Float64Array {
  const row = new Float64Array(set.count);
  const least = new Float64Array(k);
  return Float64Array.from({ length: set.count }, (_, index) => {
    squaredDistancesTo(set, index, set, row);
    row[index] = Number.POSITIVE_INFINITY; // not itself
    least.fill(Number.POSITIVE_INFINITY);
    let kth = Number.POSITIVE_INFINITY;
    for (const squared of row) {
      if (squared >= kth) continue;
      let place = k - 1;
      for (; place > 0 && (least[place - 1] ?? 0) > squared; place--) least[place] = least[place - 1] ?? 0;
      least[place] = squared;
      kth = least[k - 1] ?? 0;
    }
    return kth;
  });
}

/** The squared distance of each sample to the nearest of another set. */
export function squaredDistancesToNearest(of: Samples, to: Samples): Float64Array {
  const row = new Float64Array(to.count);
  return Float64Array.from({ length: of.count }, (_, index) => {
    squaredDistancesTo(of, index, to, row);
    return row.reduce((least, squared) => Math.min(least, squared), Number.POSITIVE_INFINITY);
  });
}

/** The two sets, if they can be compared and each sample has a k-th neighbour. */
export function withNeighbours(
  generated: Samples,
  reference: Samples,
  k: number,
): Result<undefined, MetricRefusal> {
  const checked = comparable(generated, reference);
  if (!checked.ok) return checked;
  for (const [role, { count }] of [
    ['generated', generated],
    ['reference', reference],
  ] as const) {
    if (count > k) continue;
    return err({
      message: `a sample’s neighbour number ${k} is needed, and there are ${count} ${role} samples`,
      help: 'Set `samples` to more than `neighbours`, better to 1,000, or `neighbours` to less.',
    });
  }
  return ok(undefined);
}

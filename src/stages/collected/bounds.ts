import type { Estimate } from '../../base/estimate.js';
import { formatNumber } from '../../base/format.js';
import type { Finding } from '../../execute/judged.js';

type Bounds = Finding['bounds'];

/**
 * Whether what is estimated lies within the bounds, which are included: `pass` where all that it may be at the level of the interval
 * does, `fail` where nothing of it does, and else `inconclusive`. A single value is taken as it is.
 */
export function heldAgainst(
  { value, spread }: Estimate,
  bounds: Bounds,
): Pick<Finding, 'verdict' | 'reason'> {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = bounds;
  switch (spread.kind) {
    case 'single':
      return { verdict: value >= min && value <= max ? 'pass' : 'fail' };
    case 'unbounded':
      return { verdict: 'inconclusive', reason: 'at that level any ratio or difference is possible' };
    case 'interval': {
      const { low, high } = spread;
      if (low >= min && high <= max) return { verdict: 'pass' };
      if (high < min || low > max) return { verdict: 'fail' };
      const bound = low < min ? min : max;
      return {
        verdict: 'inconclusive',
        reason: `the interval from ${formatNumber(low)} to ${formatNumber(high)} has ${formatNumber(bound)} in it`,
      };
    }
  }
}

import type { MetricLabel } from '../metrics/labels.js';

/**
 * One that others are worse than; of equal values all are the best. None is where all are equal, and where none is finite; what is
 * infinite is worse than what is not.
 */
export function bestOf(values: readonly number[], better: MetricLabel['better']): number | undefined {
  if (better === 'neither') return undefined;
  const finite = values.filter((value) => Number.isFinite(value));
  const best = better === 'lower' ? Math.min(...finite) : Math.max(...finite);
  return finite.length > 0 && values.some((value) => value !== best && !Number.isNaN(value))
    ? best
    : undefined;
}

import type { MetricLabel } from './label.js';

/** Of what a curves stage measures: by metric type, then a dot and the part where there are several. */
export const curveLabels = {
  'rank_correlation.spearman': {
    title: 'Rank correlation with the estimate',
    unit: '',
    better: 'neither',
    meaning:
      'Spearman’s rho between a metric over snapshots and the estimate: near 1 the estimate falls where the metric falls',
  },
  'rank_correlation.kendall': {
    title: 'Rank correlation with the estimate, by pairs',
    unit: '',
    better: 'neither',
    meaning: 'Kendall’s tau-b between a metric over snapshots and the estimate',
  },
  convergence_slope: {
    title: 'Convergence slope',
    unit: 'decades or units per 1,000 generator steps',
    better: 'neither',
    meaning:
      'Slope of the line through the curve, by least squares: -1 on the log scale is a tenth in 1,000 steps',
  },
  time_to_level: {
    title: 'Time to a level',
    unit: 'generator steps',
    better: 'lower',
    meaning: 'The first step at which the curve’s median reaches the level; Infinity where it does not',
  },
  share_of_steps: {
    title: 'Share of steps at a level',
    unit: 'share',
    better: 'neither',
    meaning: 'Share of the curve’s values that are at the level or beyond it',
  },
} as const satisfies Record<string, MetricLabel>;

/**
 * Of how each metric is computed. A version goes up with every change after which the same samples have another value, beyond
 * rounding, so that values of before and after are not compared (`test/stages/metric-versions.test.ts` holds the values).
 */
export const metricVersions = {
  sliced_wasserstein: 1,
  modes_covered: 1,
  exact_wasserstein: 1,
  analytic_distances: 1,
  max_sliced_wasserstein: 1,
  sinkhorn_divergence: 1,
  energy_distance: 1,
  mmd: 1,
  nearest_neighbour_test: 1,
  precision_recall: 1,
  density_coverage: 1,
  spectrum_distance: 1,
  ms_ssim: 1,
  fid: 1,
  kid: 1,
  inception_score: 1,
  conditional_accuracy: 1,
  ngram_js: 1,
  nearest_neighbour: 1,
} as const;

/** The same of numbers that are of curves. */
export const curveMetricVersions = {
  rank_correlation: 1,
  convergence_slope: 1,
  time_to_level: 1,
  share_of_steps: 1,
} as const;

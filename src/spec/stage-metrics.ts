import type { SoundFields } from './checked.js';
import type { MetricSpec } from './metrics.js';
import { diagnosticMetrics } from './diagnostics.js';
import { isPenalty } from './lipschitz.js';
import type { StageSpec } from './stages.js';

/** What a critic's loss estimates, by its objective. */
const estimates = {
  wasserstein: 'wasserstein_estimate',
  non_saturating: 'js_estimate',
  minimax: 'js_estimate',
  least_squares: 'triangular_estimate',
  hinge: 'tv_estimate',
  kl: 'kl_estimate',
  reverse_kl: 'reverse_kl_estimate',
  jensen_shannon: 'js_estimate',
  pearson: 'pearson_estimate',
  squared_hellinger: 'squared_hellinger_estimate',
  total_variation: 'tv_estimate',
} as const;

/** The names of the numbers that a stage gives. Undefined where the stage has mistakes that leave them open. */
export function metricsOf(stage: SoundFields<StageSpec>): readonly string[] | undefined {
  switch (stage.type) {
    case 'train':
      return (
        stage.objective && [
          estimates[stage.objective.type === 'f_gan' ? stage.objective.divergence : stage.objective.type],
          'critic_loss',
          'generator_loss',
          ...(stage.lipschitz && isPenalty(stage.lipschitz) ? ['gradient_penalty'] : []),
          ...(stage.critic_iterations?.type === 'constant' ? [] : ['critic_iterations']),
          ...(stage.diagnostics ? diagnosticMetrics(stage.diagnostics, stage.lipschitz) : []),
        ]
      );
    case 'evaluate':
      return (
        stage.metrics &&
        Object.entries(stage.metrics).flatMap(([name, metric]) =>
          partsOf(metric).map((part) => (part === '' ? name : `${name}.${part}`)),
        )
      );
    case 'classifier':
      return ['loss', 'accuracy', ...(stage.test === undefined ? [] : ['test_accuracy'])];
    case 'curves':
      return (
        stage.metrics &&
        Object.entries(stage.metrics).flatMap(([name, { type }]) =>
          type === 'rank_correlation' ? [`${name}.spearman`, `${name}.kendall`] : [name],
        )
      );
    case 'command':
      return stage.metrics;
    case 'sample':
    case 'extractor':
    case 'compare':
    case 'gate':
    case 'claim':
    case 'report':
      return [];
  }
}

/** Metrics with several values add parts behind a dot. */
function partsOf({ type }: MetricSpec): readonly string[] {
  switch (type) {
    case 'modes_covered':
      return ['', 'high_quality_share', 'total_variation'];
    case 'nearest_neighbour_test':
      return ['', 'of_generated', 'of_reference'];
    case 'nearest_neighbour':
    case 'ms_ssim':
    case 'conditional_accuracy':
      return ['', 'of_reference'];
    case 'kid':
      return ['', 'standard_error'];
    case 'inception_score':
      return ['', 'deviation'];
    case 'precision_recall':
      return ['precision', 'recall'];
    case 'density_coverage':
      return ['density', 'coverage'];
    case 'analytic_distances':
      return ['w1', 'w2', 'js', 'kl', 'reverse_kl', 'tv'];
    case 'sliced_wasserstein':
    case 'exact_wasserstein':
    case 'max_sliced_wasserstein':
    case 'sinkhorn_divergence':
    case 'energy_distance':
    case 'spectrum_distance':
    case 'mmd':
    case 'fid':
    case 'ngram_js':
      return [''];
  }
}

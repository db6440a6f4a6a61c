import { required } from '../base/invariant.js';
import { StageProblem } from '../execute/contract.js';
import { nearestSequences } from '../metrics/nearest-sequences.js';
import { ngramJs } from '../metrics/ngram-js.js';
import type { Sequences } from '../metrics/sequences.js';
import type { RunnableMetrics } from '../spec/runnable.js';
import { measured } from './measure.js';
import { valued } from './metric-values.js';
import type { Once } from './once.js';

/** What generated sequences are compared with. */
export interface TextReference {
  readonly sequences: Sequences;
  /** For metrics that compare with another split, too: all of it, by the metric's name. */
  readonly against: ReadonlyMap<string, Sequences>;
}

/** What `measure` is for texts. */
export function measureText(
  metrics: RunnableMetrics,
  generated: Sequences,
  { sequences, against }: TextReference,
  once: Once,
): Readonly<Record<string, number>> {
  return measured(metrics, (name, metric) => {
    const field = ['metrics', name];
    switch (metric.type) {
      case 'ngram_js':
        return { '': valued(ngramJs(generated, sequences, metric.n), field) };
      case 'nearest_neighbour': {
        const known = required(against.get(name), `the split that ${name} compares with`);
        const near = valued(
          nearestSequences(generated, sequences, known, (find) => once(name, find)),
          field,
        );
        return { '': near.generated, of_reference: near.reference };
      }
      case 'analytic_distances':
      case 'sliced_wasserstein':
      case 'exact_wasserstein':
      case 'max_sliced_wasserstein':
      case 'sinkhorn_divergence':
      case 'energy_distance':
      case 'mmd':
      case 'nearest_neighbour_test':
      case 'precision_recall':
      case 'density_coverage':
      case 'modes_covered':
      case 'spectrum_distance':
      case 'ms_ssim':
      case 'fid':
      case 'kid':
      case 'inception_score':
      case 'conditional_accuracy':
        throw new StageProblem(
          `${metric.type} compares points, and the reference is text`,
          field,
          'Use ngram_js, which compares texts.',
        );
    }
  });
}

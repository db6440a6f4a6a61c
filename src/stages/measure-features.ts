import { RandomStream } from '../base/streams.js';
import { frechetDistance } from '../metrics/frechet-distance.js';
import { inceptionScore } from '../metrics/inception-score.js';
import { drawSubsets, kernelDistance } from '../metrics/kernel-distance.js';
import type { RunnableMetrics } from '../spec/runnable.js';
import type { Measurable } from './measurable.js';
import { known, rulerSeed, valued } from './metric-values.js';

/** What is defined by what an extractor finds, and not by points of some kind. */
export type FeatureMetric = Extract<RunnableMetrics[string], { type: 'fid' | 'kid' | 'inception_score' }>;

export function isOfFeatures(metric: RunnableMetrics[string]): metric is FeatureMetric {
  return metric.type === 'fid' || metric.type === 'kid' || metric.type === 'inception_score';
}

/**
 * The values of a metric by their parts.
 * @throws StageProblem at the field, where it has no value.
 */
export function featureValues(
  metric: FeatureMetric,
  generated: Measurable,
  reference: Measurable,
  field: readonly string[],
): Readonly<Record<string, number>> {
  switch (metric.type) {
    case 'fid':
      return { '': valued(frechetDistance(known(generated.moments), known(reference.moments)), field) };
    case 'kid': {
      const [ofGenerated, ofReference] = [known(generated.features), known(reference.features)];
      const subsets = drawSubsets(
        [ofGenerated.count, ofReference.count],
        { count: metric.subsets, size: metric.subset_size },
        (purpose) => new RandomStream({ seed: rulerSeed, purpose: `metric/kid/${purpose}` }),
      );
      const distance = valued(kernelDistance(ofGenerated, ofReference, valued(subsets, field)), field);
      return { '': distance.value, standard_error: distance.standardError };
    }
    case 'inception_score': {
      const score = valued(inceptionScore(known(generated.probabilities), metric.splits), field);
      return { '': score.value, deviation: score.deviation };
    }
  }
}

import { RandomStream } from '../base/streams.js';
import { StageProblem } from '../execute/contract.js';
import { conditionalAccuracy } from '../metrics/conditional-accuracy.js';
import { frechetDistance } from '../metrics/frechet-distance.js';
import { inceptionScore } from '../metrics/inception-score.js';
import { drawSubsets, kernelDistance } from '../metrics/kernel-distance.js';
import type { RunnableMetrics } from '../spec/runnable.js';
import type { Measurable } from './measurable.js';
import { known, rulerSeed, valued } from './metric-values.js';

/** What is defined by what an extractor finds, and not by points of some kind. */
export type FeatureMetric = Extract<RunnableMetrics[string], { type: (typeof ofFeatures)[number] }>;

const ofFeatures = ['fid', 'kid', 'inception_score', 'conditional_accuracy'] as const;

export function isOfFeatures(metric: RunnableMetrics[string]): metric is FeatureMetric {
  return ofFeatures.some((type) => type === metric.type);
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
    case 'conditional_accuracy': {
      if (generated.labels === undefined) {
        throw new StageProblem(
          'conditional_accuracy asks for the classes that samples were to be of, and this generator is told none',
          field,
          'Train it with `conditional: projection`, or use `inception_score`.',
        );
      }
      if (reference.labels === undefined) {
        throw new StageProblem(
          'conditional_accuracy compares with the labels of the reference, and it has none',
          ['reference'],
          'Compare with a split of the dataset whose labels the networks are told.',
        );
      }
      const accuracy = ({ probabilities }: Measurable, labels: Int32Array, role: 'generated' | 'reference') =>
        valued(conditionalAccuracy(known(probabilities), labels, role), field);
      return {
        '': accuracy(generated, generated.labels, 'generated'),
        of_reference: accuracy(reference, reference.labels, 'reference'),
      };
    }
  }
}

import { invariant, required } from '../base/invariant.js';
import type { Distribution } from '../metrics/distributions.js';
import { RunningMoments } from '../metrics/moments.js';
import type { Samples } from '../metrics/samples.js';
import type { RunnableMetrics } from '../spec/runnable.js';
import type { Extractor } from './extractor-contract.js';

/** What metrics may want to know of a set of samples. */
export type Aspect = 'distribution' | 'samples' | 'features' | 'moments' | 'probabilities';

/** One set of samples, as metrics see it: what they have asked for is there. */
export interface Measurable {
  /** What they were drawn from, where it is known as a formula. */
  readonly distribution?: Distribution;
  readonly samples?: Samples;
  readonly features?: Samples;
  /** Of the features. */
  readonly moments?: RunningMoments;
  /** Of classes. */
  readonly probabilities?: Samples;
  /** The class of each, where it has one; of generated samples, that which the generator was told. */
  readonly labels?: Int32Array;
}

/** What these metrics need to know of both sets. */
export function aspectsOf(metrics: RunnableMetrics): ReadonlySet<Aspect> {
  return new Set(Object.values(metrics).map(aspectOf));
}

export function aspectOf(metric: RunnableMetrics[string]): Aspect {
  switch (metric.type) {
    case 'analytic_distances':
      return 'distribution';
    case 'fid':
      return 'moments';
    case 'kid':
      return 'features';
    case 'inception_score':
    case 'conditional_accuracy':
      return 'probabilities';
    case 'mmd':
    case 'nearest_neighbour':
    case 'nearest_neighbour_test':
    case 'precision_recall':
    case 'density_coverage':
      return metric.space;
    case 'sliced_wasserstein':
    case 'exact_wasserstein':
    case 'max_sliced_wasserstein':
    case 'sinkhorn_divergence':
    case 'energy_distance':
    case 'spectrum_distance':
    case 'ms_ssim':
    case 'modes_covered':
    case 'ngram_js':
      return 'samples';
  }
}

/** Whether any of them is looked at in samples, and not in a formula. */
export function isOfSamples(aspects: ReadonlySet<Aspect>): boolean {
  return [...aspects].some((aspect) => aspect !== 'distribution');
}

/**
 * Takes in samples as they come, and keeps what is asked for: for moments alone, memory does not grow with their number, and for
 * formulas none is made.
 *
 * @param size of one sample
 */
export async function measurableOf(
  parts: AsyncIterable<Float32Array>,
  { count, size }: { readonly count: number; readonly size: number },
  aspects: ReadonlySet<Aspect>,
  extractor: Extractor | undefined,
): Promise<Measurable> {
  if (!isOfSamples(aspects)) return {};
  const isSeen = aspects.has('features') || aspects.has('moments') || aspects.has('probabilities');
  const rows = (aspect: Aspect, dimensions: number) =>
    aspects.has(aspect) ? { count, dimensions, values: new Float32Array(count * dimensions) } : undefined;
  const seeing = isSeen ? required(extractor, 'an extractor of features') : undefined;
  const samples = rows('samples', size);
  const features = seeing && rows('features', seeing.features);
  const probabilities = seeing && rows('probabilities', seeing.classes);
  const moments = seeing && aspects.has('moments') ? new RunningMoments(seeing.features) : undefined;
  let done = 0;
  for await (const part of parts) {
    samples?.values.set(part, done * size);
    const seen = seeing?.of(part);
    if (seen !== undefined) {
      features?.values.set(seen.features, done * features.dimensions);
      probabilities?.values.set(seen.probabilities, done * probabilities.dimensions);
      moments?.add(seen.features);
    }
    done += part.length / size;
  }
  invariant(done === count, `${done} of ${count} samples came`);
  return {
    ...(samples && { samples }),
    ...(features && { features }),
    ...(probabilities && { probabilities }),
    ...(moments && { moments }),
  };
}

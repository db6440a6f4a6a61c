import { err, ok, type Result } from '../base/result.js';
import { squaredDistancesToNearest, squaredRadii } from './neighbours.js';
import { comparable, type MetricRefusal, type Samples } from './samples.js';

export interface TwoSampleAccuracy {
  /** Share of all samples whose set the classifier tells: 0.5 where it cannot, which is best. */
  readonly accuracy: number;
  /** Of the generated samples: near 1 for a generator that collapsed. */
  readonly ofGenerated: number;
  /** Of the reference samples: near 0 where each has a copy among the generated ones. */
  readonly ofReference: number;
}

/**
 * Classifier two-sample test by the nearest neighbour (Lopez-Paz and Oquab 2017, "Revisiting Classifier Two-Sample
 * Tests"; Xu et al. 2018, "An empirical study on evaluation metrics of generative adversarial networks", 2.6): leaving
 * each sample out in turn, its nearest of all others says which set it is from. Where the nearest of both sets are
 * equally near, that is half right. Counts are equal, as of a larger set more would be told by chance.
 */
export function nearestNeighbourTest(
  generated: Samples,
  reference: Samples,
): Result<TwoSampleAccuracy, MetricRefusal> {
  const checked = comparable(generated, reference);
  if (!checked.ok) return checked;
  const { count } = generated;
  if (count !== reference.count || count < 2) {
    return err({
      message: `${count} generated samples are told from ${reference.count} reference samples`,
      help: 'Set `samples` to a number from 2 that the reference split has: the test is of equal counts.',
    });
  }
  const ofGenerated = shareOfOwn(generated, reference);
  const ofReference = shareOfOwn(reference, generated);
  return ok({ accuracy: (ofGenerated + ofReference) / 2, ofGenerated, ofReference });
}

/** Share of samples that have their nearest among their own. */
function shareOfOwn(own: Samples, others: Samples): number {
  const toOwn = squaredRadii(own, 1);
  const toOthers = squaredDistancesToNearest(own, others);
  const right = toOwn.reduce((sum, near, index) => {
    const far = toOthers[index] ?? 0;
    return sum + (near < far ? 1 : near === far ? 1 / 2 : 0);
  }, 0);
  return right / own.count;
}

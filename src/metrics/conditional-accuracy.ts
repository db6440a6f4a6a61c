import { invariant } from '../base/invariant.js';
import { err, ok, type Result } from '../base/result.js';
import { rightRows } from '../base/rows.js';
import { finite, type MetricRefusal, type Samples } from './samples.js';

/**
 * The share of samples that a classifier takes for what they are to be:
 *
 *     (1/n) #{ i : argmax over classes of p(class | x_i) = y_i },
 *
 * the first class being the likeliest of those that are equal. Of generated samples, y_i is the class that the generator was told.
 * Shmelkov et al. 2018, "How good is my GAN?", section 3, call it GAN-test.
 *
 * @param probabilities [count, classes], rows that add up to 1
 * @param labels of each sample, from 0
 */
export function conditionalAccuracy(
  probabilities: Samples,
  labels: Int32Array,
  role: 'generated' | 'reference',
): Result<number, MetricRefusal> {
  const checked = finite(probabilities, role);
  if (!checked.ok) return checked;
  const { count, dimensions: classes, values } = probabilities;
  invariant(labels.length >= count, 'a label for each sample');
  const strange = labels.subarray(0, count).find((label) => label >= classes);
  if (strange !== undefined) {
    return err({
      message: `${role} samples are of class ${strange}, and the extractor tells ${classes} classes, from 0`,
      help: 'Let the extractor learn the dataset whose labels the networks are told.',
    });
  }
  return ok(rightRows(values, classes, labels) / count);
}

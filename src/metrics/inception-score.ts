import { err, ok, type Result } from '../base/result.js';
import { finite, type MetricRefusal, type Samples } from './samples.js';

export interface InceptionScore {
  /** From 1 to the number of classes; higher is better. */
  readonly value: number;
  /** Over the parts. */
  readonly deviation: number;
}

/**
 * Inception Score (Salimans et al. 2016, "Improved Techniques for Training GANs", section 4) of class probabilities: the
 * mean over `parts` parts, one after another, of
 *
 *     exp( E[ KL( p(class | x) | p(class) ) ] ),
 *
 * p(class) being the mean within the part. It knows no reference. The deviation is that of the parts, divided by their
 * number as in torch-fidelity.
 *
 * @param probabilities rows that add up to 1
 */
export function inceptionScore(probabilities: Samples, parts: number): Result<InceptionScore, MetricRefusal> {
  const checked = finite(probabilities, 'generated');
  if (!checked.ok) return checked;
  const { count } = probabilities;
  if (count < 2 * parts) {
    return err({
      message: `${count} generated samples are too few for ${parts} parts of two and more`,
      help: `Set \`samples\` to at least ${2 * parts}, better to 50,000, or \`splits\` to less.`,
    });
  }
  const edge = (part: number) => Math.floor((part * count) / parts);
  const scores = Array.from({ length: parts }, (_, part) =>
    scoreOf(probabilities, edge(part), edge(part + 1)),
  );
  const value = scores.reduce((sum, score) => sum + score, 0) / parts;
  const variance = scores.reduce((sum, score) => sum + (score - value) ** 2, 0) / parts;
  return ok({ value, deviation: Math.sqrt(variance) });
}

function scoreOf({ dimensions: classes, values }: Samples, start: number, end: number): number {
  const mean = new Float64Array(classes);
  for (let sample = start; sample < end; sample++) {
    for (let k = 0; k < classes; k++) {
      mean[k] = (mean[k] ?? 0) + (values[sample * classes + k] ?? 0) / (end - start);
    }
  }
  let divergence = 0;
  for (let sample = start; sample < end; sample++) {
    for (let k = 0; k < classes; k++) {
      const p = values[sample * classes + k] ?? 0;
      // p log p goes to 0 with p.
      if (p > 0) divergence += p * Math.log(p / (mean[k] ?? 0));
    }
  }
  return Math.exp(divergence / (end - start));
}

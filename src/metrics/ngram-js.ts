import { err, ok, type Result } from '../base/result.js';
import type { MetricRefusal } from './samples.js';
import type { Sequences } from './sequences.js';

/**
 * The Jensen-Shannon divergence, in bits, between the distributions p and q of the n-grams of generated and real text, each
 * the relative frequencies over all places of all sequences:
 *
 *     JS = (KL(p | m) + KL(q | m)) / 2,   m = (p + q) / 2,   KL(p | m) = sum p log2(p / m)
 *
 * From 0, for equal frequencies, to 1, where no n-gram occurs in both. As improved_wgan_training's language_helpers.py has
 * it (arXiv 1704.00028). Finite sets of one distribution differ too, the more the larger n is, so a real set compared with
 * another is not at 0.
 */
export function ngramJs(
  generated: Sequences,
  reference: Sequences,
  n: number,
): Result<number, MetricRefusal> {
  for (const { count, length } of [generated, reference]) {
    if (count === 0) return err({ message: 'there are no samples', help: 'Ask for at least one sample.' });
    if (n > length) {
      return err({
        message: `sequences of ${length} tokens have no ${n}-grams`,
        help: `Ask for at most ${length}, or make the sequences longer.`,
      });
    }
  }
  const [p, q] = [frequencies(generated, n), frequencies(reference, n)];
  let twice = 0;
  for (const [gram, share] of p) twice += towardsMean(share, q.get(gram) ?? 0);
  for (const [gram, share] of q) twice += towardsMean(share, p.get(gram) ?? 0);
  return ok(twice / 2);
}

/** p log2(p / m) */
function towardsMean(p: number, q: number): number {
  return p * Math.log2((2 * p) / (p + q));
}

function frequencies({ count, length, tokens }: Sequences, n: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const places = length - n + 1;
  for (let sequence = 0; sequence < count; sequence += 1) {
    for (let place = 0; place < places; place += 1) {
      const start = sequence * length + place;
      const gram = tokens.subarray(start, start + n).join();
      counts.set(gram, (counts.get(gram) ?? 0) + 1);
    }
  }
  for (const [gram, found] of counts) counts.set(gram, found / (count * places));
  return counts;
}

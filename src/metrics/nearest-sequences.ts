import { err, ok, type Result } from '../base/result.js';
import type { NearestDistances } from './copies.js';
import type { MetricRefusal } from './samples.js';
import type { Sequences } from './sequences.js';

/**
 * What `nearestDistances` is for texts, the distance of two sequences being the number of places at which their tokens
 * differ (Hamming 1950): from 0 to their length.
 *
 * @param known the split that sequences may have been copied from
 * @param ofReference as there
 */
export function nearestSequences(
  generated: Sequences,
  reference: Sequences,
  known: Sequences,
  ofReference: (find: () => number) => number = (find) => find(),
): Result<NearestDistances, MetricRefusal> {
  for (const { count, length } of [generated, reference, known]) {
    if (count === 0) return err({ message: 'there are no samples', help: 'Ask for at least one sample.' });
    if (length !== known.length) {
      return err({
        message: `generated sequences have ${generated.length} tokens, and those to compare with ${known.length}`,
        help: 'Compare with splits of the dataset that the generator was trained on.',
      });
    }
  }
  return ok({
    generated: meanToNearest(generated, known),
    reference: ofReference(() => meanToNearest(reference, known)),
  });
}

function meanToNearest(sequences: Sequences, known: Sequences): number {
  let sum = 0;
  for (let at = 0; at < sequences.count; at += 1) sum += toNearest(sequences, at, known);
  return sum / sequences.count;
}

function toNearest({ tokens, length }: Sequences, at: number, known: Sequences): number {
  let least = length;
  for (let other = 0; other < known.count && least > 0; other += 1) {
    let differing = 0;
    for (let place = 0; place < length && differing < least; place += 1) {
      if (tokens[at * length + place] !== known.tokens[other * length + place]) differing += 1;
    }
    least = differing;
  }
  return least;
}

import { invariant } from '../base/invariant.js';
import type { Sequences } from '../metrics/sequences.js';
import type { Vocabulary } from './datasets/vocabulary.js';

/**
 * The token of the largest value at each place: of a distribution the likeliest.
 *
 * @param values [count, length, tokens], row-major
 */
export function likeliest(values: Float32Array, [length = 0, tokens = 0]: readonly number[]): Sequences {
  const places = values.length / tokens;
  invariant(Number.isInteger(places / length), 'whole sequences');
  const numbers = Int32Array.from({ length: places }, (_, place) => {
    let best = 0;
    for (let token = 1; token < tokens; token += 1) {
      if ((values[place * tokens + token] ?? 0) > (values[place * tokens + best] ?? 0)) best = token;
    }
    return best;
  });
  return { count: places / length, length, tokens: numbers };
}

/** A sequence a line, as UTF-8 is written: characters one after another, words with a space between them. */
export function textOf({ count, length, tokens }: Sequences, vocabulary: Vocabulary): string {
  const between = vocabulary.unit === 'character' ? '' : ' ';
  const line = (row: number): string =>
    Array.from(tokens.subarray(row * length, (row + 1) * length), (token) => vocabulary.tokens[token] ?? '')
      .join(between)
      .trimEnd();
  return Array.from({ length: count }, (_, row) => `${line(row)}\n`).join('');
}

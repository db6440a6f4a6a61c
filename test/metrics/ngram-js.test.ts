import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { nearestSequences } from '../../src/metrics/nearest-sequences.js';
import { ngramJs } from '../../src/metrics/ngram-js.js';
import type { Sequences } from '../../src/metrics/sequences.js';
import { numberOf } from './fixtures.js';

interface Case {
  readonly title: string;
  readonly n: number;
  readonly length: number;
  readonly generated: readonly number[];
  readonly reference: readonly number[];
  readonly divergence: number;
}

/** Written by scripts/referees/text.py. */
const path = new URL('../fixtures/referees/ngram_js.json', import.meta.url);
const { referee, cases } = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly referee: string;
  readonly cases: readonly Case[];
};

const sequencesOf = (tokens: readonly number[], length: number): Sequences => ({
  count: tokens.length / length,
  length,
  tokens: Int32Array.from(tokens),
});

describe('ngramJs', () => {
  it.each(cases)(`equals ${referee}: $title`, ({ generated, reference, n, length, divergence }) => {
    const measured = ngramJs(sequencesOf(generated, length), sequencesOf(reference, length), n);
    expect(numberOf(measured)).toBeCloseTo(divergence, 12);
  });

  it('is 1 bit where nothing is in common, and 0 of a set to itself', () => {
    const [a, b] = [sequencesOf([0, 1, 0, 1], 2), sequencesOf([2, 3, 2, 3], 2)];
    expect(numberOf(ngramJs(a, b, 2))).toBe(1);
    expect(numberOf(ngramJs(a, a, 2))).toBe(0);
  });

  it('does not look across the end of a sequence', () => {
    const [together, apart] = [sequencesOf([0, 1, 2, 3], 4), sequencesOf([0, 1, 2, 3], 2)];
    // 01, 12, 23 a third each, against 01 and 23 a half each.
    const [third, half] = [1 / 3, 1 / 2];
    const term = (p: number, q: number) => p * Math.log2((2 * p) / (p + q));
    const expected = (third + 2 * term(third, half) + 2 * term(half, third)) / 2;
    expect(numberOf(ngramJs(together, apart, 2))).toBeCloseTo(expected, 12);
  });

  it('is refused where there are no n-grams, or no samples', () => {
    const [some, none] = [sequencesOf([0, 1], 2), sequencesOf([], 2)];
    expect(ngramJs(some, some, 3)).toMatchObject({
      error: { message: 'sequences of 2 tokens have no 3-grams' },
    });
    expect(ngramJs(none, some, 1)).toMatchObject({ error: { message: 'there are no samples' } });
    expect(ngramJs(some, none, 1)).toMatchObject({ error: { message: 'there are no samples' } });
  });
});

describe('nearestSequences', () => {
  const known = sequencesOf([0, 1, 2, 3, 3, 3], 3);

  it('counts the tokens that differ from those of the nearest sequence', () => {
    const generated = sequencesOf([0, 1, 2, 3, 3, 0, 1, 0, 0], 3);
    // A copy, one place off, and nothing in common.
    expect(nearestSequences(generated, sequencesOf([0, 3, 3], 3), known)).toEqual({
      ok: true,
      value: { generated: (0 + 1 + 3) / 3, reference: 1 },
    });
  });

  it('is refused of sequences of other lengths, and of none', () => {
    const other = sequencesOf([0, 1], 2);
    expect(nearestSequences(other, known, known)).toMatchObject({
      error: { message: 'generated sequences have 2 tokens, and those to compare with 3' },
    });
    expect(nearestSequences(sequencesOf([], 3), known, known).ok).toBe(false);
  });
});

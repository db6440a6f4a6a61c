import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import type { Estimate, Pair } from '../../src/statistics/estimate.js';
import { meanOf, pairedDifference, unpairedDifference } from '../../src/statistics/means.js';
import { holm, pairedP } from '../../src/statistics/p-values.js';
import { pairedRatio, unpairedRatio } from '../../src/statistics/ratios.js';
import { centralQuantile, twoSidedTail } from '../../src/statistics/student-t.js';

type Ends = readonly [number, number];

interface Case<Level> {
  readonly title: string;
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly levels: readonly (Level & { readonly confidence: number; readonly difference: Ends })[];
}

interface Fixture {
  readonly referee: string;
  /** Degrees of freedom, level, and the value there. */
  readonly quantiles: readonly (readonly [number, number, number])[];
  readonly tails: readonly (readonly [number, number, number])[];
  /** A ratio is null where it is not bounded. */
  readonly paired: readonly (Case<{ readonly mean: Ends; readonly ratio: Ends | null }> & {
    readonly p: number;
  })[];
  readonly unpaired: readonly Case<{ readonly ratio: Ends | null }>[];
  readonly single: readonly Case<{ readonly ratio?: undefined }>[];
  readonly holm: readonly { readonly p: readonly number[]; readonly adjusted: readonly number[] }[];
}

const path = new URL('../fixtures/referees/intervals.json', import.meta.url);
const { referee, ...given } = JSON.parse(readFileSync(path, 'utf8')) as Fixture;

function expectEnds({ spread }: Estimate, ends: Ends | null): void {
  if (ends === null) {
    expect(spread).toEqual({ kind: 'unbounded' });
    return;
  }
  const [low, high] = ends;
  const precision = 3e-7 * (high - low);
  if (spread.kind !== 'interval') expect.fail(`${spread.kind} instead of ${low} to ${high}`);
  expect(Math.abs(spread.low - low)).toBeLessThan(precision);
  expect(Math.abs(spread.high - high)).toBeLessThan(precision);
}

describe(`as ${referee} say`, () => {
  it('is Student t', () => {
    for (const [freedom, level, quantile] of given.quantiles) {
      expect(Math.abs(centralQuantile(level, freedom) / quantile - 1)).toBeLessThan(1e-7);
    }
    for (const [freedom, t, tail] of given.tails) {
      expect(Math.abs(twoSidedTail(t, freedom) / tail - 1)).toBeLessThan(1e-6);
      expect(twoSidedTail(-t, freedom)).toBe(twoSidedTail(t, freedom));
    }
  });

  it.each(given.paired)('are pairs: $title', ({ a, b, p, levels }) => {
    const pairs = a.map((value, k): Pair => [value, b[k] ?? NaN]);
    for (const { confidence, mean, difference, ratio } of levels) {
      expectEnds(meanOf(a, confidence), mean);
      expectEnds(pairedDifference(pairs, confidence), difference);
      expectEnds(pairedRatio(pairs, confidence), ratio);
    }
    expect(Math.abs((pairedP(pairs) ?? NaN) / p - 1)).toBeLessThan(1e-6);
  });

  it.each([...given.unpaired, ...given.single])('are independent samples: $title', ({ a, b, levels }) => {
    for (const { confidence, difference, ratio } of levels) {
      expectEnds(unpairedDifference(a, b, confidence), difference);
      expectEnds(
        unpairedDifference(b, a, confidence),
        difference.map((end) => -end).toReversed() as unknown as Ends,
      );
      if (ratio !== undefined) expectEnds(unpairedRatio(a, b, confidence), ratio);
    }
  });

  it('is the method of Holm', () => {
    for (const { p, adjusted } of given.holm) {
      for (const [k, found] of holm(p).entries()) expect(found).toBeCloseTo(adjusted[k] ?? NaN, 12);
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Estimate, Pair } from '../../src/statistics/estimate.js';
import { meanOf, pairedDifference, unpairedDifference } from '../../src/statistics/means.js';
import { holm, pairedP } from '../../src/statistics/p-values.js';
import { pairedRatio, unpairedRatio } from '../../src/statistics/ratios.js';

const value = fc.integer({ min: -100_000, max: 100_000 }).map((whole) => whole / 1000);
const values = fc.array(value, { minLength: 1, maxLength: 8 });
const pairsWith = (other: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(value, other), { minLength: 2, maxLength: 8 });
// Of the second kind are denominators that leave 0 out.
const pairs = fc.oneof(pairsWith(value), pairsWith(value.map((x) => 150 + x)));
const confidence = fc.constantFrom(0.6, 0.9, 0.95, 0.99);
const p = fc.double({ min: 0, max: 1, noNaN: true });

/** Value and ends, through a map that turns lows into highs if it falls. */
function mapped({ value: middle, count, spread }: Estimate, map: (of: number) => number): Estimate {
  if (spread.kind !== 'interval') return { value: map(middle), count, spread };
  const [low, high] = [map(spread.low), map(spread.high)].sort((a, b) => a - b);
  return { value: map(middle), count, spread: { kind: 'interval', low: low ?? NaN, high: high ?? NaN } };
}

function expectNear(found: Estimate, expected: Estimate, precision = 1e-9): void {
  expect(found.count).toBe(expected.count);
  expect(found.spread.kind).toBe(expected.spread.kind);
  const numbers = ({ value: middle, spread }: Estimate) =>
    spread.kind === 'interval' ? [middle, spread.low, spread.high] : [middle];
  const [all, wanted] = [numbers(found), numbers(expected)];
  const size = Math.max(...wanted.map(Math.abs), Number.MIN_VALUE);
  for (const [k, number] of all.entries()) {
    // Equal ones may be infinite.
    if (number !== wanted[k]) expect(Math.abs(number - (wanted[k] ?? NaN)) / size).toBeLessThan(precision);
  }
}

const swapped = (given: readonly Pair[]) => given.map(([a, b]): Pair => [b, a]);

describe('intervals', () => {
  it('move and stretch with the values', () => {
    fc.assert(
      fc.property(values, values, confidence, fc.integer({ min: -9, max: 9 }), (a, b, level, by) => {
        const [move, stretch] = [(x: number) => x + 1000 * by, (x: number) => x * 2 ** by];
        expectNear(meanOf(a.map(move), level), mapped(meanOf(a, level), move));
        expectNear(meanOf(a.map(stretch), level), mapped(meanOf(a, level), stretch));
        const difference = unpairedDifference(a, b, level);
        expectNear(unpairedDifference(a.map(move), b, level), mapped(difference, move));
        expectNear(unpairedDifference(a.map(stretch), b.map(stretch), level), mapped(difference, stretch));
        // With one on a side, spreads are compared as they are.
        if (a.length === 1 || b.length === 1) return;
        expectNear(unpairedRatio(a.map(stretch), b, level), mapped(unpairedRatio(a, b, level), stretch));
      }),
    );
    fc.assert(
      fc.property(pairs, confidence, fc.integer({ min: -9, max: 9 }), (given, level, by) => {
        const moved = given.map(([a, b]): Pair => [a + 1000 * by, b]);
        expectNear(
          pairedDifference(moved, level),
          mapped(pairedDifference(given, level), (x) => x + 1000 * by),
        );
        const stretched = given.map(([a, b]): Pair => [a * 2 ** by, b]);
        expectNear(
          pairedRatio(stretched, level),
          mapped(pairedRatio(given, level), (x) => x * 2 ** by),
        );
      }),
    );
  });

  it('keep their digits beside a large part that all values share', () => {
    const small = [0.25, 0.5, 1.75];
    const large = small.map((x) => x + 2 ** 40);
    expectNear(
      meanOf(large, 0.9),
      mapped(meanOf(small, 0.9), (x) => x + 2 ** 40),
      1e-15,
    );
    const differences = pairedDifference(
      large.map((x, k): Pair => [x, 2 ** 40 + k]),
      0.9,
    );
    expectNear(
      differences,
      pairedDifference(
        small.map((x, k): Pair => [x, k]),
        0.9,
      ),
      1e-15,
    );
    const { spread } = pairedRatio(
      large.map((x, k): Pair => [x, 2 ** 40 + k]),
      0.9,
    );
    // To first order the interval of the ratio is that of the difference, over the denominator.
    const { spread: ofDifference } = differences;
    if (spread.kind !== 'interval' || ofDifference.kind !== 'interval') expect.fail('no interval');
    // The ratio is near 1, where doubles are 2^-53 apart.
    const width = (ofDifference.high - ofDifference.low) / 2 ** 40;
    expect(Math.abs(spread.high - spread.low - width)).toBeLessThan(2 ** -51);
  });

  it('are negated, or inverted, when sides are swapped', () => {
    const inverse = (x: number) => 1 / x;
    const expectInverse = (found: Estimate, { spread, ...rest }: Estimate) => {
      if (spread.kind !== 'interval') return;
      if (spread.low < -1e-6 === spread.high < -1e-6 && spread.low > 1e-6 === spread.high > 1e-6) {
        if (Math.abs(spread.low) < 1e-6) return;
        const back = mapped({ ...found, count: rest.count }, inverse);
        expectNear(back, { ...rest, spread }, 1e-6);
      } else if (spread.low < -1e-6 && spread.high > 1e-6) {
        expect(found.spread.kind).toBe('unbounded');
      }
    };
    fc.assert(
      fc.property(values, values, confidence, (a, b, level) => {
        const { value: middle, spread } = unpairedDifference(a, b, level);
        expectNear(
          unpairedDifference(b, a, level),
          mapped({ value: middle, count: b.length, spread }, (x) => -x),
          1e-15,
        );
        expectInverse(unpairedRatio(b, a, level), unpairedRatio(a, b, level));
      }),
    );
    fc.assert(
      fc.property(pairs, confidence, (given, level) => {
        const difference = pairedDifference(given, level);
        expectNear(
          pairedDifference(swapped(given), level),
          mapped(difference, (x) => -x),
          1e-15,
        );
        expectInverse(pairedRatio(swapped(given), level), pairedRatio(given, level));
      }),
    );
  });

  it('are exactly 0 and 1 between equal sides', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 8 }), confidence, (given, level) => {
        const same = given.map((one): Pair => [one, one]);
        const { spread, ...rest } = pairedDifference(same, level);
        expect(rest).toEqual({ value: 0, count: given.length });
        expect(spread).toEqual({ kind: 'interval', low: 0, high: 0 });
        expect(pairedP(same)).toBe(1);
        const ratio = pairedRatio(same, level);
        expect(ratio.value).toBe(1);
        if (ratio.spread.kind === 'interval') {
          expect(ratio.spread).toEqual({ kind: 'interval', low: 1, high: 1 });
        }
      }),
    );
  });

  it('of paired ratios end where the mean of a - r b has an interval that ends at 0', () => {
    let bounded = 0;
    fc.assert(
      fc.property(pairs, confidence, (given, level) => {
        const { spread } = pairedRatio(given, level);
        // The denominator's own interval says whether it is bounded.
        const own = meanOf(
          given.map(([, b]) => b),
          level,
        ).spread;
        if (own.kind !== 'interval') expect.fail('no interval');
        if (own.low < -1e-9 && own.high > 1e-9) expect(spread.kind).toBe('unbounded');
        if (own.low > 1e-9 || own.high < -1e-9) expect(spread.kind).toBe('interval');
        if (spread.kind !== 'interval') return;
        bounded += 1;
        for (const end of [spread.low, spread.high]) {
          const residual = meanOf(
            given.map(([a, b]) => a - end * b),
            level,
          ).spread;
          if (residual.kind !== 'interval') expect.fail('no interval');
          const { low, high } = residual;
          expect(Math.min(Math.abs(low), Math.abs(high))).toBeLessThan(1e-6 * (high - low) + 1e-9);
        }
      }),
    );
    expect(bounded).toBeGreaterThan(10);
  });

  it('leave out 0 just where the p-value is below 1 - confidence', () => {
    fc.assert(
      fc.property(pairs, confidence, (given, level) => {
        const found = pairedP(given) ?? NaN;
        const { spread } = pairedDifference(given, level);
        if (spread.kind !== 'interval') expect.fail('no interval');
        if (Math.abs(found - (1 - level)) < 1e-6) return;
        expect(spread.low > 0 || spread.high < 0).toBe(found < 1 - level);
      }),
    );
  });
});

it('nothing that is not NaN comes to NaN', () => {
  const any = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1, Infinity, 2 ** 900, 2 ** -900));
  const anyPairs = fc.array(fc.tuple(any, any), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(anyPairs, fc.integer({ min: 1, max: 4 }), confidence, (given, first, level) => {
      const [a, b] = [given.map(([one]) => one).slice(0, first), given.map(([, other]) => other)];
      const estimates = [
        meanOf(b, level),
        pairedDifference(given, level),
        unpairedDifference(a, b, level),
        pairedRatio(given, level),
        unpairedRatio(a, b, level),
      ];
      for (const { value: middle, spread } of estimates) {
        expect(middle).not.toBeNaN();
        if (spread.kind !== 'interval') continue;
        expect(spread.low).toBeLessThanOrEqual(middle);
        expect(spread.high).toBeGreaterThanOrEqual(middle);
      }
      const found = pairedP(given) ?? 0;
      expect(found >= 0 && found <= 1).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

describe('holm', () => {
  it('keeps the order, and lies between the p-values and theirs times how many they are', () => {
    fc.assert(
      fc.property(fc.array(p, { maxLength: 9 }), (given) => {
        const adjusted = holm(given);
        expect(adjusted).toHaveLength(given.length);
        for (const [k, one] of given.entries()) {
          const own = adjusted[k] ?? NaN;
          expect(own).toBeGreaterThanOrEqual(one);
          expect(own).toBeLessThanOrEqual(Math.min(1, given.length * one));
          for (const [other, larger] of given.entries()) {
            if (one <= larger) expect(own).toBeLessThanOrEqual(adjusted[other] ?? NaN);
          }
        }
        expect(holm(given.toReversed())).toEqual(adjusted.toReversed());
      }),
    );
  });
});

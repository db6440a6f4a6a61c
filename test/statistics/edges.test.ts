import { describe, expect, it } from 'vitest';

import { InternalError } from '../../src/base/invariant.js';
import { meanOf, pairedDifference, unpairedDifference } from '../../src/statistics/means.js';
import { holm, pairedP } from '../../src/statistics/p-values.js';
import { pairedRatio, unpairedRatio } from '../../src/statistics/ratios.js';

const single = { kind: 'single' };
const unbounded = { kind: 'unbounded' };
const at = (value: number) => ({ value, spread: { kind: 'interval', low: value, high: value } });

describe('one replication', () => {
  it('says nothing of a spread', () => {
    expect(meanOf([3], 0.9)).toEqual({ value: 3, count: 1, spread: single });
    expect(pairedDifference([[3, 5]], 0.9)).toEqual({ value: -2, count: 1, spread: single });
    expect(unpairedDifference([3], [5], 0.9)).toEqual({ value: -2, count: 1, spread: single });
    expect(pairedRatio([[3, 4]], 0.9)).toEqual({ value: 0.75, count: 1, spread: single });
    expect(unpairedRatio([3], [4], 0.9)).toEqual({ value: 0.75, count: 1, spread: single });
    expect(pairedP([[3, 5]])).toBeUndefined();
    expect(pairedP([])).toBeUndefined();
  });

  it('on one side is a draw like those of the other', () => {
    const one = unpairedDifference([3], [1, 2, 3], 0.9);
    // t at 2 degrees of freedom times the deviation 1 and sqrt(1 + 1/3).
    const margin = 2.919985580353726 * Math.sqrt(4 / 3);
    expect(one).toMatchObject({ value: 1, count: 1 });
    expect(one.spread).toMatchObject({ kind: 'interval', low: expect.closeTo(1 - margin, 6) as number });
    expect(unpairedDifference([1, 2, 3], [3], 0.9)).toMatchObject({ value: -1, count: 3 });
    expect(unpairedRatio([3], [5, 5, 5], 0.9)).toMatchObject({ ...at(0.6), count: 1 });
    // The denominator 3, of one, is off by up to 2.92.
    expect(unpairedRatio([1, 2, 3], [3], 0.9).spread.kind).toBe('interval');
    expect(unpairedRatio([1, 2, 3], [2.9], 0.9).spread).toEqual(unbounded);
  });
});

describe('values that do not spread', () => {
  it('have intervals without width', () => {
    expect(meanOf([0.1, 0.1, 0.1], 0.9)).toEqual({ ...at(0.1), count: 3 });
    expect(
      pairedDifference(
        [
          [3, 1],
          [7, 5],
        ],
        0.9,
      ),
    ).toEqual({ ...at(2), count: 2 });
    expect(unpairedDifference([3, 3], [1, 1, 1], 0.9)).toEqual({ ...at(2), count: 2 });
    expect(
      pairedRatio(
        [
          [3, 2],
          [6, 4],
          [1.5, 1],
        ],
        0.6,
      ),
    ).toMatchObject(at(1.5));
    expect(unpairedRatio([3, 3], [2, 2], 0.9)).toEqual({ ...at(1.5), count: 2 });
    expect(
      pairedP([
        [3, 1],
        [7, 5],
      ]),
    ).toBe(0);
  });

  it('of which only one side spreads have the other as a number', () => {
    const { low, high } = ends(meanOf([3, 5, 7], 0.9));
    expect(ends(unpairedDifference([3, 5, 7], [1, 1], 0.9)).low).toBeCloseTo(low - 1, 12);
    expect(ends(unpairedRatio([3, 5, 7], [2, 2], 0.9)).high).toBeCloseTo(high / 2, 12);
    expect(ends(unpairedRatio([2, 2], [3, 5, 7], 0.9)).high).toBeCloseTo(2 / low, 12);
  });
});

describe('a denominator of 0', () => {
  const zeros = [0, 0, 0];

  it('is an infinite ratio where it is certain, and so is the numerator', () => {
    expect(unpairedRatio([3, 4, 5], zeros, 0.9)).toEqual({ ...at(Infinity), count: 3 });
    expect(unpairedRatio([-3, -4, -5], zeros, 0.9)).toMatchObject(at(-Infinity));
    expect(
      pairedRatio(
        [
          [3, 0],
          [4, 0],
        ],
        0.6,
      ),
    ).toMatchObject(at(Infinity));
    expect(unpairedRatio([3], [0], 0.9)).toMatchObject({ value: Infinity, spread: single });
  });

  it('leaves a ratio open where either is not', () => {
    expect(unpairedRatio([-3, 4, 5], zeros, 0.9)).toMatchObject({ value: Infinity, spread: unbounded });
    expect(unpairedRatio([3, 4, 5], [-1, 0, 1], 0.9)).toMatchObject({ value: Infinity, spread: unbounded });
    expect(
      pairedRatio(
        [
          [3, 1],
          [3, -1],
        ],
        0.9,
      ),
    ).toMatchObject({ value: Infinity, spread: unbounded });
  });

  it('counts where it is within the margin of the mean, and not outside', () => {
    // The margin of a mean of two: t at 1 degree of freedom times half of their distance.
    const half = 1 / 6.313751514675043;
    const ratio = (share: number) =>
      pairedRatio(
        [
          [3, 1 - share * half],
          [3, 1 + share * half],
        ],
        0.9,
      );
    expect(ratio(0.999).spread.kind).toBe('interval');
    expect(ratio(1.001).spread).toEqual(unbounded);
  });

  it('below a numerator of 0 says nothing', () => {
    const nothing = { value: 1, spread: unbounded };
    expect(unpairedRatio(zeros, zeros, 0.9)).toMatchObject(nothing);
    expect(unpairedRatio([0], [0], 0.9)).toMatchObject(nothing);
    expect(pairedRatio([[0, 0]], 0.9)).toMatchObject(nothing);
  });

  it('is no matter in a numerator', () => {
    const ratio = unpairedRatio(zeros, [-2, -2.1], 0.9);
    expect(ratio).toEqual({ ...at(0), count: 3 });
  });
});

describe('infinite values', () => {
  it('make means, differences and ratios infinite for certain', () => {
    expect(meanOf([1, Infinity, 3], 0.9)).toEqual({ ...at(Infinity), count: 3 });
    expect(meanOf([Infinity], 0.9)).toEqual({ value: Infinity, count: 1, spread: single });
    expect(unpairedDifference([1, 2], [Infinity, 1], 0.9)).toMatchObject(at(-Infinity));
    const pairs = [
      [Infinity, 1],
      [1, 2],
    ] as const;
    expect(pairedDifference(pairs, 0.9)).toMatchObject(at(Infinity));
    expect(pairedP(pairs)).toBe(0);
    expect(pairedRatio(pairs, 0.6)).toMatchObject(at(Infinity));
    expect(unpairedRatio([Infinity, 1], [-2, -2.1], 0.9)).toMatchObject(at(-Infinity));
    expect(unpairedRatio([Infinity, 1], [-2, 2.1], 0.9).spread).toEqual(unbounded);
    expect(unpairedRatio([Infinity, 1], [0, 0], 0.9)).toMatchObject(at(Infinity));
  });

  it('in a denominator make ratios 0', () => {
    expect(unpairedRatio([1, 2], [Infinity, 1], 0.9)).toEqual({ ...at(0), count: 2 });
    expect(unpairedRatio([1, 2], [-Infinity, 1], 0.9)).toEqual({ ...at(0), count: 2 });
    expect(
      pairedRatio(
        [
          [1, Infinity],
          [2, 1],
        ],
        0.9,
      ),
    ).toEqual({ ...at(0), count: 2 });
  });

  it('on both sides say nothing', () => {
    const nothing = (value: number) => ({ value, spread: unbounded });
    const pairs = [
      [Infinity, Infinity],
      [1, 2],
    ] as const;
    expect(pairedDifference(pairs, 0.9)).toEqual({ ...nothing(0), count: 2 });
    expect(pairedP(pairs)).toBe(1);
    expect(pairedRatio(pairs, 0.9)).toEqual({ ...nothing(1), count: 2 });
    expect(unpairedDifference([Infinity], [1, Infinity], 0.9)).toEqual({ ...nothing(0), count: 1 });
    expect(unpairedRatio([Infinity, 1], [Infinity], 0.9)).toEqual({ ...nothing(1), count: 2 });
    expect(meanOf([Infinity, -Infinity], 0.9)).toEqual({ ...nothing(0), count: 2 });
    const opposite = [
      [Infinity, 1],
      [1, Infinity],
    ] as const;
    expect(pairedDifference(opposite, 0.9)).toEqual({ ...nothing(0), count: 2 });
    expect(pairedP(opposite)).toBe(1);
  });
});

describe('sizes near the ends of doubles', () => {
  it.each([2 ** -900, 2 ** 900])('neither vanish nor overflow: %d', (size) => {
    const [a, b] = [[3, 4, 5].map((x) => x * size), [5, 5.5, 7].map((x) => x * size)];
    expect(ends(meanOf(a, 0.9)).low / size).toBeCloseTo(ends(meanOf([3, 4, 5], 0.9)).low, 9);
    expect(ends(unpairedDifference(a, b, 0.9)).low / size).toBeCloseTo(
      ends(unpairedDifference([3, 4, 5], [5, 5.5, 7], 0.9)).low,
      9,
    );
    expect(ends(unpairedRatio(a, b, 0.9)).low).toBeCloseTo(
      ends(unpairedRatio([3, 4, 5], [5, 5.5, 7], 0.9)).low,
      9,
    );
    const pairs = a.map((x, k) => [x, b[k] ?? NaN] as const);
    const small = pairs.map(([x, y]) => [x / size, y / size] as const);
    expect(ends(pairedRatio(pairs, 0.9)).low).toBeCloseTo(ends(pairedRatio(small, 0.9)).low, 9);
    expect(pairedP(pairs)).toBeCloseTo(pairedP(small) ?? NaN, 12);
  });

  it('leave a ratio open whose error is beyond them', () => {
    expect(unpairedRatio([-(2 ** 900), 2 ** 900], [2 ** -900, 2 ** -900], 0.9)).toMatchObject({
      value: 0,
      spread: unbounded,
    });
  });

  it('are infinite beyond 2^1000', () => {
    expect(meanOf([2 ** 1001, 1], 0.9)).toMatchObject(at(Infinity));
  });
});

it('refuses what is a mistake of ours', () => {
  expect(() => meanOf([1, NaN], 0.9)).toThrow(InternalError);
  expect(() => meanOf([], 0.9)).toThrow(InternalError);
  expect(() => pairedDifference([[NaN, 1]], 0.9)).toThrow(InternalError);
  expect(() => unpairedRatio([1], [], 0.9)).toThrow(InternalError);
  expect(() => meanOf([1, 2], 0.5)).toThrow(InternalError);
  expect(() => meanOf([1, 2], 90)).toThrow(InternalError);
  expect(() => holm([0.1, NaN])).toThrow(InternalError);
  expect(holm([])).toEqual([]);
});

function ends({ spread }: ReturnType<typeof meanOf>): { readonly low: number; readonly high: number } {
  if (spread.kind !== 'interval') expect.fail(spread.kind);
  return spread;
}

import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { wassersteinOfSorted } from '../../src/metrics/wasserstein-1d.js';

interface Fixture {
  readonly referee: string;
  readonly cases: readonly { title: string; a: number[]; b: number[]; distance: number }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/referees/wasserstein_1d.json', import.meta.url), 'utf8'),
) as Fixture;

const distance = (a: readonly number[], b: readonly number[]): number =>
  wassersteinOfSorted(Float64Array.from(a).sort(), Float64Array.from(b).sort());

describe('wassersteinOfSorted', () => {
  it.each(fixture.cases)(`equals ${fixture.referee}: $title`, (given) => {
    const difference = Math.abs(distance(given.a, given.b) - given.distance);
    expect(difference / given.distance).toBeLessThan(1e-9);
  });

  it.each([
    ['two points', [3], [-4.5], 3 + 4.5],
    ['a point against two', [0], [-1, 2], (1 + 2) / 2],
    // Quantiles cut at 1/3, 1/2 and 2/3: pieces of 1/3, 1/6, 1/6 and 1/3.
    ['three against two', [0, 1, 2], [0, 4], 0 / 3 + 1 / 6 + 3 / 6 + 2 / 3],
    ['the same points twice', [1, 5], [1, 1, 5, 5], 0],
  ])('is the cost of the monotone plan: %s', (_, a, b, expected) => {
    expect(distance(a, b)).toBeCloseTo(expected, 12);
  });

  const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 30 });

  it('is the shift between two shifted copies, symmetric, and unchanged where samples are repeated', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: -50, max: 50 }), (a, b, shift) => {
        expect(
          distance(
            a,
            a.map((value) => value + shift),
          ),
        ).toBeCloseTo(Math.abs(shift), 9);
        expect(distance(a, b)).toBeCloseTo(distance(b, a), 9);
        expect(distance([...a, ...a, ...a], b)).toBeCloseTo(distance(a, b), 9);
      }),
    );
  });

  it('has no value for nothing', () => {
    expect(() => distance([], [1])).toThrow('the distance needs a sample on both sides');
  });
});

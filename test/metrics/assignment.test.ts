import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import { optimalAssignment } from '../../src/metrics/assignment.js';

/** Holds the assignment to its proof: potentials that no pair undercuts, and that add up to what it costs. */
function expectOptimal(costs: Float64Array, count: number): void {
  const { columnOf, rowPotentials, columnPotentials } = optimalAssignment(costs, count);
  expect([...columnOf].sort((a, b) => a - b)).toEqual([...new Array(count).keys()]);
  const scale = costs.reduce((most, cost) => Math.max(most, Math.abs(cost)), 1);
  let [paid, proven] = [0, 0];
  let least = Number.POSITIVE_INFINITY;
  for (let row = 0; row < count; row++) {
    paid += costs[row * count + (columnOf[row] ?? 0)] ?? Number.NaN;
    proven += (rowPotentials[row] ?? 0) + (columnPotentials[row] ?? 0);
    for (let column = 0; column < count; column++) {
      const reduced =
        (costs[row * count + column] ?? 0) - (rowPotentials[row] ?? 0) - (columnPotentials[column] ?? 0);
      least = Math.min(least, reduced);
    }
  }
  expect(least).toBeGreaterThan(-1e-12 * scale);
  expect(Math.abs(paid - proven)).toBeLessThan(1e-10 * scale * count);
}

describe('optimalAssignment', () => {
  const size = fc.integer({ min: 1, max: 25 });
  const ofCosts = (cost: fc.Arbitrary<number>) =>
    size.chain((count) =>
      fc.tuple(fc.constant(count), fc.array(cost, { minLength: count ** 2, maxLength: count ** 2 })),
    );

  it.each([
    ['any', fc.double({ min: -1e6, max: 1e6, noNaN: true })],
    ['few different', fc.integer({ min: 0, max: 3 })],
    ['hardly different', fc.integer({ min: 0, max: 9 }).map((value) => 1 + value * Number.EPSILON)],
  ])('proves that it is optimal, of %s costs', (_, cost) => {
    fc.assert(fc.property(ofCosts(cost), ([count, costs]) => expectOptimal(Float64Array.from(costs), count)));
  });

  it('proves it of 300 rows that are nearly equal, as of a generator that has nearly collapsed', () => {
    const count = 300;
    const column = new RandomStream({ seed: 0, purpose: 'column' }).uniform(count);
    const noise = new RandomStream({ seed: 0, purpose: 'noise' }).uniform(count * count);
    for (const spread of [0, 1e-12, 1e-3]) {
      const costs = Float64Array.from(noise, (value, index) => (column[index % count] ?? 0) + spread * value);
      expectOptimal(costs, count);
    }
  });

  it('finds the best of all permutations', () => {
    const costs = Float64Array.of(7, 5, 1, 9, 8, 6, 2, 3, 4);
    // 1 + 8 + 2 beats 7 + 8 + 4, 7 + 6 + 3, 5 + 9 + 4, 5 + 6 + 2 and 1 + 9 + 3.
    expect([...optimalAssignment(costs, 3).columnOf]).toEqual([2, 1, 0]);
  });
});

import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import { exactWasserstein } from '../../src/metrics/exact-wasserstein.js';
import type { Samples } from '../../src/metrics/samples.js';

interface Fixture {
  readonly referee: string;
  readonly cases: readonly {
    title: string;
    dimensions: number;
    generated: number[];
    reference: number[];
    distances: [number, number];
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/referees/exact_wasserstein.json', import.meta.url), 'utf8'),
) as Fixture;

const samplesOf = (values: ArrayLike<number>, dimensions: number): Samples => ({
  count: values.length / dimensions,
  dimensions,
  values: Float64Array.from(values),
});

/** NaN where it is refused, which no comparison takes for a number. */
function distance(a: Samples, b: Samples, order: 1 | 2): number {
  const measured = exactWasserstein(a, b, order);
  return measured.ok ? measured.value : Number.NaN;
}

describe('exactWasserstein', () => {
  it.each(fixture.cases)(`equals ${fixture.referee}: $title`, ({ dimensions, distances, ...given }) => {
    const [generated, reference] = [
      samplesOf(given.generated, dimensions),
      samplesOf(given.reference, dimensions),
    ];
    for (const order of [1, 2] as const) {
      const expected = distances[order - 1] ?? 0;
      expect(Math.abs(distance(generated, reference, order) / expected - 1)).toBeLessThan(1e-9);
    }
  });

  it('pairs each sample with one of its own', () => {
    // Both generated points are nearest to (0, 0): one of them has to go to (3, 4).
    const generated = samplesOf([0, 0, 0, 1], 2);
    const reference = samplesOf([0, 0, 3, 4], 2);
    expect(distance(generated, reference, 1)).toBeCloseTo((0 + Math.hypot(3, 3)) / 2, 12);
    expect(distance(generated, reference, 2)).toBeCloseTo(Math.sqrt((0 + 3 ** 2 + 3 ** 2) / 2), 12);
  });

  const coordinate = fc.double({ min: -100, max: 100, noNaN: true });
  const pairOfSets = fc
    .record({ count: fc.integer({ min: 2, max: 12 }), dimensions: fc.integer({ min: 1, max: 4 }) })
    .chain(({ count, dimensions }) => {
      const length = count * dimensions;
      // The last sample differs from the others, which a reference must.
      const set = fc
        .array(coordinate, { minLength: length, maxLength: length })
        .map((values) => samplesOf([...values.slice(0, -1), 101], dimensions));
      return fc.tuple(set, set);
    });

  it('is the length of a shift, 0 of a set to itself in another order, symmetric, and W1 at most W2', () => {
    fc.assert(
      fc.property(pairOfSets, coordinate, ([a, b], shift) => {
        const moved = { ...a, values: a.values.map((value) => value + shift) };
        const backwards = samplesOf(rowsOf(a).toReversed().flat(), a.dimensions);
        const length = Math.abs(shift) * Math.sqrt(a.dimensions);
        for (const order of [1, 2] as const) {
          // Costs are what is exact, to the rounding of the largest: near 0 a root makes much of that.
          expect(distance(moved, a, order) ** order).toBeCloseTo(length ** order, 8);
          expect(distance(backwards, a, order) ** order).toBeCloseTo(0, 8);
          expect(distance(a, b, order) ** order).toBeCloseTo(distance(b, a, order) ** order, 9);
        }
        expect(distance(a, b, 1)).toBeLessThanOrEqual(distance(a, b, 2) + 1e-9);
      }),
    );
  });

  it('is near the closed form for two Gaussians on the line, mean and deviation apart', () => {
    // W2^2 = (difference of means)^2 + (difference of deviations)^2, on 2,000 samples to a few per cent.
    const normals = (purpose: string) => new RandomStream({ seed: 5, purpose }).normal(2000);
    const generated = samplesOf(
      normals('a').map((value) => 1 + 2 * value),
      1,
    );
    const reference = samplesOf(normals('b'), 1);
    expect(Math.abs(distance(generated, reference, 2) / Math.sqrt(1 + 1) - 1)).toBeLessThan(0.05);
  });

  it.each([
    ['other counts', samplesOf([1, 2], 1), '2 generated samples cannot be paired with 3 reference samples'],
    ['NaN', samplesOf([1, 2, Number.NaN], 1), 'component 0 of generated sample 2 is NaN'],
    ['no samples', samplesOf([], 1), 'there are no generated samples'],
    [
      'other dimensions',
      samplesOf([1, 2, 3, 4, 5, 6], 2),
      'generated samples have 2 components, reference samples 1',
    ],
  ])('refuses %s', (_, generated, message) => {
    const reference = samplesOf([1, 2, 3], 1);
    expect(exactWasserstein(generated, reference, 1)).toMatchObject({ ok: false, error: { message } });
  });

  it('refuses more samples than a matrix of costs has room for', () => {
    const many = samplesOf(
      Float64Array.from({ length: 5001 }, (_, index) => index),
      1,
    );
    expect(exactWasserstein(many, many, 1)).toMatchObject({
      error: { message: '5001 samples are more than the 5000 that are paired exactly' },
    });
  });
});

function rowsOf({ dimensions, values, count }: Samples): number[][] {
  return Array.from({ length: count }, (_, row) => [
    ...values.subarray(row * dimensions, (row + 1) * dimensions),
  ]);
}

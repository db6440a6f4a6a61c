import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import type { Samples } from '../../src/metrics/samples.js';
import { slicedWasserstein, unitDirections } from '../../src/metrics/sliced-wasserstein.js';

interface Fixture {
  readonly referee: string;
  readonly cases: readonly {
    title: string;
    dimensions: number;
    generated: number[];
    reference: number[];
    directions: number[];
    distance: number;
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/referees/sliced_wasserstein.json', import.meta.url), 'utf8'),
) as Fixture;

const samplesOf = (values: ArrayLike<number>, dimensions: number): Samples => ({
  count: values.length / dimensions,
  dimensions,
  values: Float32Array.from(values),
});

const normals = (count: number, purpose = 'test'): Float32Array =>
  new RandomStream({ seed: 1, purpose }).normal(count);

describe('slicedWasserstein', () => {
  it.each(fixture.cases)(`equals ${fixture.referee}: $title`, (given) => {
    const { dimensions, distance } = given;
    const measured = slicedWasserstein(
      samplesOf(given.generated, dimensions),
      samplesOf(given.reference, dimensions),
      Float64Array.from(given.directions),
    );
    expect(measured.ok && Math.abs(measured.value - distance) / distance).toBeLessThan(1e-6);
  });

  it('is |t| E|u . e| for a translation by t, over even directions of the plane and the space', () => {
    // E|u . e| is 2 / pi on the circle and 1 / 2 on the sphere.
    for (const [dimensions, mean] of [
      [2, 2 / Math.PI],
      [3, 1 / 2],
    ] as const) {
      const values = normals(300 * dimensions);
      const moved = values.map((value, index) => value + (index % dimensions === 0 ? 3 : 0));
      const directions = unitDirections(normals(20_000 * dimensions, 'directions'), dimensions);
      const measured = slicedWasserstein(
        samplesOf(moved, dimensions),
        samplesOf(values, dimensions),
        directions,
      );
      // |u . e| has a standard deviation below 0.31: four standard errors of the mean of 20,000, times |t|.
      const tolerance = (3 * 4 * 0.31) / Math.sqrt(20_000);
      expect(measured.ok && Math.abs(measured.value - 3 * mean)).toBeLessThan(tolerance);
    }
  });

  it('is zero between a set and itself in another order, and measures a collapsed generator', () => {
    const values = normals(10);
    const directions = unitDirections(normals(16), 2);
    const data = samplesOf(values, 2);
    const reversed = samplesOf([...values.subarray(8), ...values.subarray(0, 8)], 2);
    const measured = slicedWasserstein(reversed, data, directions);
    expect(measured).toEqual({ ok: true, value: expect.closeTo(0, 12) as unknown });
    const collapsed = slicedWasserstein(samplesOf([9, 9, 9, 9], 2), data, directions);
    expect(collapsed.ok && collapsed.value).toBeGreaterThan(1);
  });

  it('takes 1,000 images of 32 x 32 on 256 directions in less than 3 seconds', () => {
    const image = 32 * 32;
    const fill = (purpose: string): Samples => ({
      count: 1000,
      dimensions: image,
      values: new RandomStream({ seed: 0, purpose }).uniform(1000 * image),
    });
    const [generated, reference] = [fill('a'), fill('b')];
    const directions = unitDirections(normals(256 * image), image);
    const start = performance.now();
    const measured = slicedWasserstein(generated, reference, directions);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(measured.ok).toBe(true);
  });
});

describe('slicedWasserstein refuses', () => {
  const good = samplesOf([1, 2, 3, 4], 2);
  const directions = Float64Array.of(1, 0);

  it.each([
    ['NaN', samplesOf([1, 2, 3, Number.NaN], 2), good, 'component 1 of generated sample 1 is NaN'],
    ['infinity', good, samplesOf([-Infinity, 2], 2), 'component 0 of reference sample 0 is -Infinity'],
    ['an empty generated set', samplesOf([], 2), good, 'there are no generated samples'],
    ['an empty reference', good, samplesOf([], 2), 'there are no reference samples'],
    ['a constant reference', good, samplesOf([7, 8, 7, 8, 7, 8], 2), 'all 3 reference samples are equal'],
    [
      'other dimensions',
      good,
      samplesOf([1, 2, 3], 3),
      'generated samples have 2 components, reference samples 3',
    ],
  ])('%s', (_, generated, reference, message) => {
    expect(slicedWasserstein(generated, reference, directions)).toMatchObject({
      ok: false,
      error: { message },
    });
  });
});

describe('unitDirections', () => {
  it('gives vectors of length one, spread evenly', () => {
    const directions = unitDirections(normals(3 * 4000), 3);
    const means = [0, 0, 0];
    for (let row = 0; row < 4000; row++) {
      const direction = [...directions.subarray(3 * row, 3 * row + 3)];
      expect(Math.hypot(...direction)).toBeCloseTo(1, 12);
      for (const [k, value] of direction.entries()) means[k] = (means[k] ?? 0) + value / 4000;
    }
    // Each component has variance 1 / 3: four standard errors of a mean of 4,000.
    for (const mean of means) expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(1 / 3 / 4000));
  });
});

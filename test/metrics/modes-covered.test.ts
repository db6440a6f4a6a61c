import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import { modesCovered } from '../../src/metrics/modes-covered.js';
import type { Samples } from '../../src/metrics/samples.js';

const points = (...values: readonly (readonly [number, number])[]): Samples => ({
  count: values.length,
  dimensions: 2,
  values: Float32Array.from(values.flat()),
});

const times = (count: number, x: number, y: number): (readonly [number, number])[] =>
  Array.from({ length: count }, () => [x, y] as const);

const square = {
  centres: [
    [1, 1],
    [-1, 1],
    [-1, -1],
    [1, -1],
  ],
  std: 0.1,
};

describe('modesCovered', () => {
  it('counts modes from a tenth of their fair share on, by nearest centre at any distance', () => {
    // 40 samples, fair share 10 a mode: 1 sample is a tenth and covers, 0 samples do not.
    const samples = points(...times(29, 1, 1), ...times(10, -1.5, 1.5), ...times(1, -1, -1));
    expect(modesCovered(samples, square)).toEqual({
      ok: true,
      value: {
        modes: 3,
        highQualityShare: (29 + 1) / 40,
        totalVariation: expect.closeTo((19 / 40 + 0 / 40 + 9 / 40 + 10 / 40) / 2, 12) as unknown,
      },
    });
    // Of 44 the fair share is 11: a single sample no longer covers.
    const more = points(...times(33, 1, 1), ...times(10, -1.5, 1.5), ...times(1, -1, -1));
    expect(modesCovered(more, square)).toMatchObject({ value: { modes: 2 } });
  });

  it('draws the line of high quality at 4 standard deviations', () => {
    const samples = points([1 + 0.399, 1], [1, 1 - 0.399], [1 + 0.401, 1], [1 + 0.3, 1 + 0.3]);
    expect(modesCovered(samples, square)).toMatchObject({ value: { highQualityShare: 2 / 4 } });
  });

  it('says that a collapsed generator covers one mode with high quality', () => {
    expect(modesCovered(points(...times(100, -1, -1)), square)).toEqual({
      ok: true,
      value: { modes: 1, highQualityShare: 1, totalVariation: 1 - 1 / 4 },
    });
  });

  it('finds the mixture itself: all modes, share 1 - exp(-8), little variation', () => {
    const count = 20_000;
    const stream = new RandomStream({ seed: 3, purpose: 'test' });
    const noise = stream.normal(2 * count);
    const values = noise.map((value, index) => {
      const centre = square.centres[Math.floor(index / 2) % 4] ?? [];
      return (centre[index % 2] ?? 0) + square.std * value;
    });
    const measured = modesCovered({ count, dimensions: 2, values }, square);
    expect(measured).toMatchObject({ value: { modes: 4, totalVariation: 0 } });
    const outside = Math.exp(-8);
    const error = measured.ok ? Math.abs(1 - measured.value.highQualityShare - outside) : Number.NaN;
    expect(error).toBeLessThan(4 * Math.sqrt(outside / count));
  });

  it.each([
    ['no samples', points(), 'there are no generated samples'],
    ['NaN', points([0, 0], [Number.NaN, 0]), 'component 0 of generated sample 1 is NaN'],
    [
      'images',
      { count: 1, dimensions: 4, values: new Float32Array(4) },
      'generated samples have 4 components, the mixture’s centres 2',
    ],
  ])('refuses %s', (_, samples, message) => {
    expect(modesCovered(samples, square)).toMatchObject({ ok: false, error: { message } });
  });
});

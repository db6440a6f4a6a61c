import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import { StageProblem } from '../../src/execute/contract.js';
import type { Samples } from '../../src/metrics/samples.js';
import type { Measurable } from '../../src/stages/measurable.js';
import * as stages from '../../src/stages/measure.js';
import { measureText } from '../../src/stages/measure-text.js';
import { onlyOnce } from '../../src/stages/once.js';

const points = (values: readonly number[]): Samples => ({
  count: values.length / 2,
  dimensions: 2,
  values: Float32Array.from(values),
});

const mixture = {
  centres: [
    [-2, 0],
    [2, 0],
  ],
  std: 0.5,
};
const reference = {
  samples: points([-2, 0, 2, 0, -2.1, 0, 2.1, 0]),
  shape: [2],
  mixture,
  against: new Map<string, Measurable>(),
};

const measure = (
  metrics: Parameters<typeof stages.measure>[0],
  samples: Samples,
  against: stages.Reference,
  once = onlyOnce(),
) => stages.measure(metrics, { samples }, against, once);

describe('measure', () => {
  it('gives the values of all metrics by name, parts behind a dot', () => {
    const metrics = {
      swd: { type: 'sliced_wasserstein', projections: 16 },
      modes: { type: 'modes_covered' },
    } as const;
    const values = measure(metrics, points([-2, 0, -2, 0.1, -2, -0.1, 7, 0]), reference);
    expect(Object.keys(values)).toEqual([
      'swd',
      'modes',
      'modes.high_quality_share',
      'modes.total_variation',
    ]);
    expect(values).toMatchObject({
      modes: 2,
      'modes.high_quality_share': 3 / 4,
      'modes.total_variation': 1 / 4,
    });
  });

  it('measures with the same directions every time', () => {
    const metrics = { swd: { type: 'sliced_wasserstein', projections: 4 } } as const;
    const generated = points([0, 0, 1, 3, 0.5, 0.5]);
    expect(measure(metrics, generated, reference)).toEqual(measure(metrics, generated, reference));
    // Each direction is drawn in turn: more of them refine the number, and do not replace it.
    const more = { swd: { type: 'sliced_wasserstein', projections: 4000 } } as const;
    const moved = { ...reference, samples: points([1, 0, 2, 3]), mixture: undefined };
    // A translation by 1: 2 / pi, with four standard errors of a mean of 4,000.
    const { swd } = measure(more, points([0, 0, 1, 3]), moved);
    expect(Math.abs((swd ?? Number.NaN) - 2 / Math.PI)).toBeLessThan((4 * 0.31) / Math.sqrt(4000));
  });

  it('measures nearness to the split that the metric names, of generated and of held-out samples', () => {
    const metrics = {
      copied: { type: 'nearest_neighbour', space: 'samples', against: 'ring.train' },
    } as const;
    const known = points([-2, 0, 2, 0]);
    const values = measure(metrics, points([2, 0, -2, 3]), {
      ...reference,
      against: new Map([['copied', { samples: known }]]),
    });
    expect(values['copied']).toBeCloseTo((0 + 3) / 2, 12);
    expect(values['copied.of_reference']).toBeCloseTo((0.1 + 0.1) / 4, 6);
  });

  it('takes the bandwidth of a kernel from the reference alone, unless it is given', () => {
    const generated = points([0, 0, 1, 3, 0.5, 0.5]);
    const squaredMmd = (kernel: object) =>
      measure(
        { mmd: { type: 'mmd', space: 'samples', kernel: 'gaussian', ...kernel } },
        generated,
        reference,
      )['mmd'];
    // Distances in the reference: 0.1 twice, 4, 4.1 twice and 4.2; the middle two are 4 and 4.1.
    expect(squaredMmd({})).toBeCloseTo(squaredMmd({ bandwidth: 4.05 }) ?? Number.NaN, 7);
    expect(squaredMmd({})).not.toBeCloseTo(squaredMmd({ bandwidth: 4.2 }) ?? Number.NaN, 7);
  });

  it('measures spectra of images, and says of points that they have none', () => {
    const metrics = { spectrum: { type: 'spectrum_distance' } } as const;
    const images = { count: 2, dimensions: 16, values: Float32Array.from({ length: 32 }, (_, k) => k % 3) };
    const same = { ...reference, samples: images, shape: [4, 4, 1] };
    expect(measure(metrics, images, same)).toEqual({ spectrum: 0 });
    expect(() => measure(metrics, points([0, 0, 1, 3]), reference)).toThrow(StageProblem);
  });

  it('measures how alike generated images are, by the pairs of real ones', () => {
    const metrics = { alike: { type: 'ms_ssim', pairs: 50 } } as const;
    const size = 11 * 11;
    const pixels = new RandomStream({ seed: 3, purpose: 'pixels' }).uniform(20 * size);
    const images = (values: Float32Array) => ({ count: 20, dimensions: size, values });
    const real = images(pixels.map((value) => 2 * value - 1));
    const oneImage = images(real.values.map((_, k) => real.values[k % size] ?? 0));
    const of = (samples: Samples) =>
      measure(metrics, samples, { ...reference, samples: real, shape: [11, 11, 1] });
    // A generator of one image; and one of the data themselves, whose pairs are the same.
    expect(of(oneImage)['alike']).toBeCloseTo(1, 12);
    expect(of(real)['alike']).toBe(of(real)['alike.of_reference']);
    expect(of(real)['alike']).toBeLessThan(0.5);
    const single = { ...real, count: 1, values: real.values.subarray(0, size) };
    expect(() => of(single)).toThrow('one sample has no other to be like');
    expect(() => measure(metrics, points([0, 0, 1, 3]), reference)).toThrow('ms_ssim compares images');
  });

  it('asks a reference once for what it says by itself, however many sets are held against it', () => {
    const side = 11;
    const images = (seed: number) => ({
      count: 4,
      dimensions: side * side,
      values: new RandomStream({ seed, purpose: 'pixels' }).uniform(4 * side * side),
    });
    const [real, known] = [images(0), images(1)];
    const metrics = {
      alike: { type: 'ms_ssim', pairs: 10 },
      copied: { type: 'nearest_neighbour', space: 'samples', against: 'faces.train' },
    } as const;
    const against = {
      samples: real,
      shape: [side, side, 1],
      mixture: undefined,
      against: new Map([['copied', { samples: known }]]),
    };
    const once = onlyOnce();
    const first = measure(metrics, images(2), against, once);
    expect(first).toEqual(measure(metrics, images(2), against));
    // Nothing changes a reference; here it tells whether it was asked again.
    real.values.set(images(3).values);
    const [next, afresh] = [measure(metrics, images(4), against, once), measure(metrics, images(4), against)];
    for (const name of ['alike', 'copied']) {
      expect(next[`${name}.of_reference`]).toBe(first[`${name}.of_reference`]);
      expect(afresh[`${name}.of_reference`]).not.toBe(first[`${name}.of_reference`]);
      expect(next[name]).toBe(afresh[name]);
    }
  });

  it('asks texts once, too', () => {
    const texts = (tokens: readonly number[]) => ({
      count: tokens.length / 2,
      length: 2,
      tokens: Int32Array.from(tokens),
    });
    const [sequences, known] = [texts([0, 1]), texts([0, 0])];
    const metrics = {
      copied: { type: 'nearest_neighbour', space: 'samples', against: 'corpus.train' },
    } as const;
    const reference = { sequences, against: new Map([['copied', known]]) };
    const once = onlyOnce();
    expect(measureText(metrics, texts([0, 0]), reference, once)).toEqual({
      copied: 0,
      'copied.of_reference': 1,
    });
    sequences.tokens.set([1, 1]);
    expect(measureText(metrics, texts([2, 2]), reference, once)).toEqual({
      copied: 2,
      'copied.of_reference': 1,
    });
  });

  it.each([
    [
      'modes of data without modes',
      points([0, 0]),
      { ...reference, mixture: undefined },
      'modes_covered needs to know the modes, and the reference is not a Gaussian mixture',
      'Compare with a split of a gaussian_mixture dataset, or use another metric.',
    ],
    [
      'samples that are not finite',
      points([0, 0, Infinity, 0]),
      reference,
      'component 0 of generated sample 1 is Infinity',
      'The generator diverged: lower the learning rate or the clip range, or measure an earlier snapshot.',
    ],
  ])('refuses %s, at the metric', (_, generated, against, message, help) => {
    const metrics = { coverage: { type: 'modes_covered' } } as const;
    expect(() => measure(metrics, generated, against)).toThrow(
      new StageProblem(message, ['metrics', 'coverage'], help),
    );
  });
});

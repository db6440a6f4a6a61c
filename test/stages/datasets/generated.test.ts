import { describe, expect, it } from 'vitest';

import {
  gaussian,
  gaussianMixture,
  parallelLines,
  swissRoll,
} from '../../../src/stages/datasets/generated.js';
import type { PointSource } from '../../../src/stages/datasets/sample-source.js';
import { problemOf } from '../dataset-rig.js';

const ring = {
  type: 'gaussian_mixture',
  layout: 'ring',
  modes: 8,
  radius: 2,
  std: 0.05,
  seed: 0,
  splits: { train: 40_000 },
} as const;

const grid = { ...ring, layout: 'grid', modes: 25 } as const;

const all = async (source: PointSource): Promise<Float32Array> =>
  source.read(Int32Array.from({ length: source.count }, (_, index) => index));

describe('parallelLines', () => {
  it('draws points of the line at 0', async () => {
    const source = parallelLines({ type: 'parallel_lines', seed: 0, splits: { train: 9000, test: 1000 } });
    const { shape, count, distribution } = source;
    expect({ shape, count, distribution }).toEqual({
      shape: [2],
      count: 10_000,
      distribution: { type: 'line', theta: 0 },
    });
    const values = await all(source);
    const across = values.filter((_, index) => index % 2 === 0);
    const up = values.filter((_, index) => index % 2 === 1).sort();
    expect(new Set(across)).toEqual(new Set([0]));
    // Kolmogorov-Smirnov: more than 1.95 / sqrt(n) away has a chance of 1 in 1,000.
    const farthest = Math.max(...up.map((z, index) => Math.abs(z - (index + 0.5) / up.length)));
    expect(farthest).toBeLessThan(1.95 / Math.sqrt(up.length));
  });
});

describe('gaussian', () => {
  it('draws points of the line with its mean and deviation', async () => {
    const source = gaussian({ type: 'gaussian', mean: -2, std: 0.5, seed: 0, splits: { train: 40_000 } });
    expect(source.shape).toEqual([1]);
    expect(source.distribution).toEqual({ type: 'gaussian', mean: -2, std: 0.5 });
    const values = await all(source);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    // Four standard errors.
    expect(Math.abs(mean + 2)).toBeLessThan((4 * 0.5) / 200);
    expect(Math.abs(Math.sqrt(variance) - 0.5)).toBeLessThan((4 * 0.5) / Math.sqrt(80_000));
  });
});

describe('gaussianMixture', () => {
  it('puts the centres of a ring at angles of 2 pi k / modes', () => {
    const { mixture, shape, count, classes } = gaussianMixture(ring);
    expect({ shape, count, classes }).toEqual({ shape: [2], count: 40_000, classes: 8 });
    const half = 2 * Math.SQRT1_2;
    const expected = [
      [2, 0],
      [half, half],
      [0, 2],
      [-half, half],
      [-2, 0],
      [-half, -half],
      [0, -2],
      [half, -half],
    ];
    for (const [mode, centre] of expected.entries()) {
      for (const [axis, value] of centre.entries()) {
        expect(mixture?.centres[mode]?.[axis]).toBeCloseTo(value, 12);
      }
    }
  });

  it('puts the centres of a grid from -radius to radius', () => {
    const { mixture } = gaussianMixture({ ...grid, splits: { train: 1 } });
    expect(mixture).toEqual({
      centres: [-2, -1, 0, 1, 2].flatMap((y) => [-2, -1, 0, 1, 2].map((x) => [x, y])),
      std: 0.05,
    });
    const one = gaussianMixture({ ...grid, modes: 1, splits: { train: 1 } });
    expect(one.mixture?.centres).toEqual([[0, 0]]);
  });

  it.each([ring, grid])('draws equally likely Gaussians of the given spread: $layout', async (spec) => {
    const source = gaussianMixture(spec);
    const values = await all(source);
    const { centres } = source.mixture ?? { centres: [] };
    for (const [mode, centre] of centres.entries()) {
      const members = [...(source.labels ?? [])].flatMap((label, index) => (label === mode ? [index] : []));
      const count = members.length;
      // The number of members is binomial, their mean normal, their variance chi-squared: 4.5 standard errors
      // of each, which 25 modes exceed with probability below 1e-3.
      const share = 1 / centres.length;
      const spread = Math.sqrt(spec.splits.train * share * (1 - share));
      expect(Math.abs(count - spec.splits.train * share)).toBeLessThan(4.5 * spread);
      for (const axis of [0, 1]) {
        const deviations = members.map((index) => (values[2 * index + axis] ?? 0) - (centre[axis] ?? 0));
        const mean = deviations.reduce((sum, value) => sum + value, 0) / count;
        const variance = deviations.reduce((sum, value) => sum + value ** 2, 0) / count;
        expect(Math.abs(mean)).toBeLessThan((4.5 * spec.std) / Math.sqrt(count));
        expect(Math.abs(variance / spec.std ** 2 - 1)).toBeLessThan(4.5 * Math.sqrt(2 / count));
      }
    }
  });

  it('depends on nothing but its fields, seed included', async () => {
    expect(await all(gaussianMixture(ring))).toEqual(await all(gaussianMixture(ring)));
    expect(await all(gaussianMixture(ring))).not.toEqual(await all(gaussianMixture({ ...ring, seed: 1 })));
  });

  it('refuses a grid that is not square, and shares of an endless supply', async () => {
    expect(await problemOf({ ...grid, modes: 24 })).toEqual({
      message: 'a grid of 24 modes is not square',
      field: ['modes'],
      help: 'Use 16 or 25 modes, or the ring.',
    });
    expect(await problemOf({ ...ring, splits: { train: 100, test: 0.2 } })).toEqual({
      message: 'split test is a share of the samples, but generated data have no number of samples to share',
      field: ['splits', 'test'],
      help: 'Give the number of samples to generate, as in 10000.',
    });
  });
});

describe('swissRoll', () => {
  const spec = { type: 'swiss_roll', std: 0, seed: 0, splits: { train: 20_000 } } as const;

  it('lies on (t cos t, t sin t) / 7.5, t uniform from 1.5 pi to 4.5 pi', async () => {
    const values = await all(swissRoll(spec));
    const turns: number[] = [];
    for (let index = 0; index < values.length; index += 2) {
      const [x, y] = [7.5 * (values[index] ?? 0), 7.5 * (values[index + 1] ?? 0)];
      const t = Math.hypot(x, y);
      expect(t).toBeGreaterThan(1.5 * Math.PI - 1e-5);
      expect(t).toBeLessThan(4.5 * Math.PI + 1e-5);
      // The angle of the point is t, whatever the turn.
      expect(Math.cos(Math.atan2(y, x) - t)).toBeGreaterThan(1 - 1e-9);
      turns.push((t / Math.PI - 1.5) / 3);
    }
    const mean = turns.reduce((sum, turn) => sum + turn, 0) / turns.length;
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / turns.length));
  });

  it('adds noise before scaling', async () => {
    const [clean, noisy] = [await all(swissRoll(spec)), await all(swissRoll({ ...spec, std: 0.25 }))];
    const variance =
      noisy.reduce((sum, value, index) => sum + (value - (clean[index] ?? 0)) ** 2, 0) / noisy.length;
    const relative = variance / (0.25 / 7.5) ** 2;
    expect(Math.abs(relative - 1)).toBeLessThan(4 * Math.sqrt(2 / noisy.length));
  });
});

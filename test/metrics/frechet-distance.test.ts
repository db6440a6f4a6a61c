import { beforeAll, describe, expect, it } from 'vitest';

import { frechetDistance } from '../../src/metrics/frechet-distance.js';
import { RunningMoments } from '../../src/metrics/moments.js';
import type { Samples } from '../../src/metrics/samples.js';
import { loadBackend } from '../../src/tensor/backend.js';
import { moved, normalSamples, numberOf, refereed, relativeError, samplesOf, setsOf } from './fixtures.js';

const { referee, cases } = refereed<{ distance: number }>('frechet_distance');

/** Of samples that come in parts of 7. */
function momentsOf({ dimensions, values }: Samples): RunningMoments {
  const moments = new RunningMoments(dimensions);
  for (let start = 0; start < values.length; start += 7 * dimensions) {
    moments.add(values.slice(start, start + 7 * dimensions));
  }
  return moments;
}

const distance = (a: Samples, b: Samples) => numberOf(frechetDistance(momentsOf(a), momentsOf(b)));

/** Samples with these deviations along the axes, exactly, and turned by reflections at two hyperplanes. */
function withDeviations(deviations: readonly number[]): Samples {
  const dimensions = deviations.length;
  const values = new Float64Array(2 * dimensions * dimensions);
  for (const [k, deviation] of deviations.entries()) {
    // Two opposite points an axis: the variance is 2 p^2 / (2 d - 1).
    const place = deviation * Math.sqrt((2 * dimensions - 1) / 2);
    values[2 * k * dimensions + k] = place;
    values[(2 * k + 1) * dimensions + k] = -place;
  }
  for (let normal = 1; normal <= 2; normal++) {
    const axis = deviations.map((_, k) => Math.sin(normal * (k + 1)));
    const squared = axis.reduce((sum, a) => sum + a * a, 0);
    for (let row = 0; row < 2 * dimensions; row++) {
      const of = values.subarray(row * dimensions, (row + 1) * dimensions);
      const along = axis.reduce((sum, a, k) => sum + a * (of[k] ?? 0), 0);
      for (const [k, a] of axis.entries()) of[k] = (of[k] ?? 0) - (2 * along * a) / squared;
    }
  }
  return samplesOf(values, dimensions);
}

/** Of covariances with the same axes: the squared difference of the deviations. */
const closedForm = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, k) => sum + (value - (b[k] ?? 0)) ** 2, 0);

describe.each(['JavaScript', 'TensorFlow’s library'])('frechetDistance in %s', (where) => {
  // The first run of these tests computes before any backend is loaded.
  beforeAll(async () => {
    if (where !== 'JavaScript') await loadBackend('native', 2);
  });

  it.each(cases)(`equals ${referee}: $title`, (given) => {
    expect(relativeError(distance(...setsOf(given)), given.distance)).toBeLessThan(1e-6);
  });

  it('is right where covariances are nearly singular, singular, or not of one rank', () => {
    const spread = [1, 0.5, 1e-3, 1e-6, 1e-9, 0, 0];
    const others = [[0.9, 0.7, 2e-3, 3e-6, 1e-8, 0, 0], [1, 0, 1e-3, 0, 0, 1e-4, 0], spread.map(() => 1)];
    for (const other of others) {
      const found = distance(withDeviations(spread), withDeviations(other));
      expect(relativeError(found, closedForm(spread, other))).toBeLessThan(1e-6);
    }
    // Of equal sets 0, up to what is left of differences of numbers of about 1.
    expect(Math.abs(distance(withDeviations(spread), withDeviations(spread)))).toBeLessThan(1e-13);
  });

  it('adds the squared distance of the means', () => {
    const samples = normalSamples('a', 50, 4);
    expect(distance(moved(samples, 3), samples)).toBeCloseTo(4 * 9, 10);
  });

  it('loses nothing to a mean that is large beside the deviation, over several blocks', () => {
    const [a, b] = [normalSamples('a', 2500, 3), normalSamples('b', 2500, 3)];
    const small = (samples: Samples, mean: number): Samples => ({
      ...samples,
      values: samples.values.map((value) => mean + Math.round(2 ** 20 * value) / 2 ** 27),
    });
    // Of numbers that are exact at both places.
    const expected = distance(small(a, 0), small(b, 0));
    expect(relativeError(distance(small(a, 1024), small(b, 1024)), expected)).toBeLessThan(1e-6);
  });
});

describe('frechetDistance', () => {
  const samples = normalSamples('a', 20, 3);

  it('has no number where samples are fewer than a covariance needs, not finite, or all equal', () => {
    const refused = (a: Samples, b: Samples) => frechetDistance(momentsOf(a), momentsOf(b));
    expect(refused(normalSamples('few', 3, 3), samples)).toMatchObject({
      error: { message: '3 generated samples are too few for the covariance of 3 features' },
    });
    expect(refused(samples, normalSamples('few', 2, 3))).toMatchObject({
      error: { message: '2 reference samples are too few for the covariance of 3 features' },
    });
    const wrong = samplesOf(samples.values.with(7, Number.NaN), 3);
    expect(refused(samples, wrong)).toMatchObject({
      error: { message: 'feature 1 of reference sample 2 is NaN' },
    });
    const equal = samplesOf(new Float64Array(30).fill(2), 3);
    expect(refused(samples, equal)).toMatchObject({
      error: { message: 'the features of all 10 reference samples are equal' },
    });
    // A generator that collapsed is measured.
    expect(refused(equal, samples).ok).toBe(true);
  });
});

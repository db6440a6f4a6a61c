import { describe, expect, it } from 'vitest';

import { exactWasserstein } from '../../src/metrics/exact-wasserstein.js';
import { maxSlicedWasserstein } from '../../src/metrics/max-sliced-wasserstein.js';
import { unitDirections } from '../../src/metrics/sliced-wasserstein.js';
import { moved, normalSamples, numberOf, refereed, relativeError, setsOf } from './fixtures.js';

const { referee, cases } = refereed<{ directions: number[]; distance: number }>('max_sliced_wasserstein');

describe('maxSlicedWasserstein', () => {
  it.each(cases)(`without steps equals ${referee}: $title`, (given) => {
    const measured = maxSlicedWasserstein(...setsOf(given), Float64Array.from(given.directions), 0);
    expect(relativeError(numberOf(measured), given.distance)).toBeLessThan(1e-6);
  });

  it.each(cases)('with steps is no less, and at most the Wasserstein distance: $title', (given) => {
    const measured = numberOf(
      maxSlicedWasserstein(...setsOf(given), Float64Array.from(given.directions), 50),
    );
    expect(measured).toBeGreaterThanOrEqual(given.distance * (1 - 1e-9));
    if (given.generated.length !== given.reference.length) return;
    expect(measured).toBeLessThanOrEqual(numberOf(exactWasserstein(...setsOf(given), 1)) + 1e-9);
  });

  it('finds the direction of a shift in 64 dimensions, which random ones miss', () => {
    const samples = normalSamples('samples', 200, 64);
    const directions = unitDirections(normalSamples('directions', 16, 64).values, 64);
    const length = 2 * Math.sqrt(64);
    const from = (steps: number) =>
      numberOf(maxSlicedWasserstein(moved(samples, 2), samples, directions, steps));
    expect(from(0)).toBeLessThan(length / 2);
    expect(relativeError(from(50), length)).toBeLessThan(1e-9);
  });

  it('measures pictures of 256x256 pixels in colour', () => {
    const pixels = 256 * 256 * 3;
    const samples = normalSamples('pictures', 2, pixels);
    const directions = unitDirections(normalSamples('directions', 1, pixels).values, pixels);
    expect(numberOf(maxSlicedWasserstein(moved(samples, 1), samples, directions, 2))).toBeGreaterThan(0);
  });
});

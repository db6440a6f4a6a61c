import { describe, expect, it } from 'vitest';

import { energyDistance } from '../../src/metrics/energy-distance.js';
import {
  backwards,
  normalSamples,
  numberOf,
  refereed,
  relativeError,
  samplesOf,
  setsOf,
} from './fixtures.js';

const { referee, cases } = refereed<{ distance: number }>('energy_distance');

describe('energyDistance', () => {
  it.each(cases)(`equals ${referee}: $title`, (given) => {
    const measured = numberOf(energyDistance(...setsOf(given)));
    expect(relativeError(measured, given.distance)).toBeLessThan(1e-6);
  });

  it('is arithmetic on few points', () => {
    // Between: 1 and 3; within the reference: 0, 2, 2, 0; within one point: 0.
    const measured = energyDistance(samplesOf([0], 1), samplesOf([1, 3], 1));
    expect(numberOf(measured)).toBeCloseTo(2 * ((1 + 3) / 2) - (0 + 2 + 2 + 0) / 4, 12);
  });

  it('is 0 of a set to itself in another order', () => {
    const samples = normalSamples('samples', 50, 3);
    expect(numberOf(energyDistance(backwards(samples), samples))).toBeCloseTo(0, 12);
  });
});

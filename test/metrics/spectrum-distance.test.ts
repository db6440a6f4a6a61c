import { describe, expect, it } from 'vitest';

import { type ImageSize, radialSpectrum, spectrumDistance } from '../../src/metrics/spectrum-distance.js';
import { normalSamples, numberOf, refereed, relativeError, samplesOf, setsOf } from './fixtures.js';

const { referee, cases } = refereed<{ size: ImageSize; spectrum: readonly number[]; distance: number }>(
  'spectrum_distance',
);

describe('spectrumDistance', () => {
  it.each(cases)(`equals ${referee}: $title`, (given) => {
    const [generated, reference] = setsOf(given);
    const spectrum = radialSpectrum(generated, given.size);
    expect(spectrum).toHaveLength(given.spectrum.length);
    for (const [k, power] of given.spectrum.entries()) expect(spectrum[k]).toBeCloseTo(power, 9);
    const distance = numberOf(spectrumDistance(generated, reference, given.size));
    expect(relativeError(distance, given.distance)).toBeLessThan(1e-6);
  });

  it('sees a wave at its frequency, and no brightness', () => {
    const wave = Float64Array.from({ length: 64 }, (_, k) => 0.2 + Math.cos((2 * Math.PI * 3 * (k % 8)) / 8));
    const [one, two, three, four] = radialSpectrum(samplesOf(wave, 64), [8, 8, 1]);
    expect([one, two, four].every((power) => Math.abs(power ?? 1) < 1e-20)).toBe(true);
    // |F|^2 / 64 is 16 at two of the frequencies with radius 3.
    expect(three).toBeGreaterThan(1);
  });

  it('is 3 dB for twice the power at every frequency, and 0 of a set to itself', () => {
    const reference = normalSamples('images', 5, 64);
    const louder = { ...reference, values: reference.values.map((value) => Math.SQRT2 * value) };
    expect(numberOf(spectrumDistance(louder, reference, [8, 8, 1]))).toBeCloseTo(10 * Math.log10(2), 10);
    expect(numberOf(spectrumDistance(reference, reference, [8, 8, 1]))).toBe(0);
  });

  it('has no number for images that are too small', () => {
    const small = samplesOf([0, 1, 0, 0, 0, 1], 3);
    expect(spectrumDistance(small, small, [3, 1, 1])).toMatchObject({
      error: { message: 'images of 3 x 1 pixels have no frequencies to compare' },
    });
  });
});

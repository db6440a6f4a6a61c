import { describe, expect, it } from 'vitest';

import { cubicKernel, gaussianKernel, type Kernel } from '../../src/metrics/kernels.js';
import { medianDistance, squaredMmd } from '../../src/metrics/mmd.js';
import { normalSamples, numberOf, refereed, relativeError, samplesOf, setsOf } from './fixtures.js';

const { referee, cases } = refereed<{
  median: number;
  gaussian: number;
  multiscale: number;
  polynomial: number;
}>('mmd');

describe('squaredMmd', () => {
  it.each(cases)(`equals ${referee}: $title`, (given) => {
    const { median, gaussian, multiscale, polynomial } = given;
    const [generated, reference] = setsOf(given);
    expect(relativeError(numberOf(medianDistance(reference)), median)).toBeLessThan(1e-12);
    const widths = [1 / 4, 1 / 2, 1, 2, 4].map((scale) => scale * median);
    const kernels: readonly (readonly [Kernel, number])[] = [
      [gaussianKernel([median]), gaussian],
      [gaussianKernel(widths), multiscale],
      [cubicKernel, polynomial],
    ];
    for (const [kernel, expected] of kernels) {
      expect(relativeError(numberOf(squaredMmd(generated, reference, kernel)), expected)).toBeLessThan(1e-6);
    }
  });

  it.each([
    ['Gaussian', gaussianKernel([1])],
    ['cubic', cubicKernel],
  ])(
    'has no bias: over draws of one distribution its mean is 0, of few samples too (%s kernel)',
    (_, kernel) => {
      const values = Array.from({ length: 400 }, (_unused, draw) =>
        numberOf(squaredMmd(normalSamples(`a${draw}`, 5, 2), normalSamples(`b${draw}`, 8, 2), kernel)),
      );
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / values.length));
      expect(values.some((value) => value < 0)).toBe(true);
    },
  );

  it('needs two samples, and a kernel a width', () => {
    expect(squaredMmd(samplesOf([1], 1), samplesOf([1, 2], 1), cubicKernel)).toMatchObject({
      error: { message: 'pairs of different samples are compared, and there is one sample only' },
    });
    expect(medianDistance(samplesOf([1, 1, 1, 1, 2], 1))).toMatchObject({
      error: { message: 'the median distance between reference samples is 0' },
    });
  });

  it('is a number however small the bandwidth is', () => {
    const sets = [samplesOf([1, 1, 2], 1), samplesOf([1, 3, 3], 1)] as const;
    expect(numberOf(squaredMmd(...sets, gaussianKernel([1e-300])))).toBe(
      numberOf(squaredMmd(...sets, gaussianKernel([1e-3]))),
    );
  });
});

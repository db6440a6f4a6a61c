import { describe, expect, it } from 'vitest';

import { energyDistance } from '../../src/metrics/energy-distance.js';
import { exactWasserstein } from '../../src/metrics/exact-wasserstein.js';
import { sinkhornDivergence } from '../../src/metrics/sinkhorn.js';
import { backwards, moved, normalSamples, numberOf, refereed, relativeError, setsOf } from './fixtures.js';

const { referee, cases } = refereed<{ order: 1 | 2; epsilon: number; divergence: number }>(
  'sinkhorn_divergence',
);

describe('sinkhornDivergence', () => {
  it.each(cases)(`equals ${referee}: $title`, (given) => {
    const { order, epsilon, divergence } = given;
    const measured = numberOf(sinkhornDivergence(...setsOf(given), { order, epsilon }));
    expect(relativeError(measured, divergence)).toBeLessThan(1e-6);
  });

  const a = normalSamples('a', 40, 2);
  const b = moved(normalSamples('b', 40, 2), 0.5);

  it('is 0 of a set to itself in another order, and symmetric', () => {
    for (const order of [1, 2] as const) {
      const between = (x: typeof a, y: typeof a) =>
        numberOf(sinkhornDivergence(x, y, { order, epsilon: 0.3 }));
      expect(between(backwards(a), a)).toBeCloseTo(0, 6);
      expect(between(a, b)).toBeCloseTo(between(b, a), 6);
    }
  });

  it('is the squared length of a shift at order 2, whatever epsilon is', () => {
    for (const epsilon of [1, 20]) {
      const measured = numberOf(sinkhornDivergence(moved(a, 3), a, { order: 2, epsilon }));
      expect(relativeError(measured, 2 * 3 ** 2)).toBeLessThan(1e-6);
    }
  });

  it('goes to the Wasserstein distance for small epsilon, to half the energy distance for large', () => {
    const at = (epsilon: number) => numberOf(sinkhornDivergence(a, b, { order: 1, epsilon }));
    expect(relativeError(at(0.03), numberOf(exactWasserstein(a, b, 1)))).toBeLessThan(0.05);
    expect(relativeError(at(1e5), numberOf(energyDistance(a, b)) / 2)).toBeLessThan(1e-3);
  });

  it('is refused where its iterations do not converge', () => {
    expect(sinkhornDivergence(a, b, { order: 1, epsilon: 1e-7 })).toMatchObject({
      error: {
        message: 'the couplings do not converge at an epsilon of 1e-7: given up after 100 iterations',
      },
    });
  });
});

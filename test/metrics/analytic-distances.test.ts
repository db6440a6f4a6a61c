import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { type AnalyticDistances, analyticDistances } from '../../src/metrics/analytic-distances.js';
import type { Distribution } from '../../src/metrics/distributions.js';
import { normalCdf } from '../../src/metrics/normal.js';

interface Given extends AnalyticDistances {
  readonly title: string;
  readonly p: { readonly mean: number; readonly std: number };
  readonly q: { readonly mean: number; readonly std: number };
}

const path = new URL('../fixtures/referees/analytic_distances.json', import.meta.url);
const { referee, cases } = JSON.parse(readFileSync(path, 'utf8')) as { referee: string; cases: Given[] };

const gaussian = (mean: number, std: number): Distribution => ({ type: 'gaussian', mean, std });
const line = (theta: number): Distribution => ({ type: 'line', theta });

function distances(data: Distribution, generator: Distribution): AnalyticDistances {
  const found = analyticDistances(data, generator);
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}

describe('analyticDistances of Gaussians', () => {
  it.each(cases)(`equals ${referee}: $title`, ({ p, q, title: _, ...expected }) => {
    const found = distances(gaussian(p.mean, p.std), gaussian(q.mean, q.std));
    for (const [name, value] of Object.entries(expected)) {
      const measured = found[name as keyof AnalyticDistances];
      expect(Math.abs(measured / value - 1), `${name}: ${measured}, not ${value}`).toBeLessThan(1e-9);
    }
  });

  it('is 0 throughout of one and the same', () => {
    for (const value of Object.values(distances(gaussian(2, 0.3), gaussian(2, 0.3)))) {
      expect(value).toBeCloseTo(0, 12);
    }
  });

  it('is the same from either side, but for KL', () => {
    const [p, q] = [gaussian(-1, 0.4), gaussian(0.5, 1.5)];
    const { kl, reverse_kl, ...others } = distances(p, q);
    const swapped = distances(q, p);
    expect([swapped.reverse_kl, swapped.kl]).toEqual([kl, reverse_kl]);
    for (const [name, value] of Object.entries(others)) {
      expect(swapped[name as keyof AnalyticDistances]).toBeCloseTo(value, 12);
    }
  });

  it('stays within its bounds far apart', () => {
    const { js, tv } = distances(gaussian(0, 0.01), gaussian(1e3, 0.02));
    expect(js).toBeLessThanOrEqual(Math.LN2);
    expect([js, tv]).toEqual([expect.closeTo(Math.LN2, 12), 1]);
  });
});

describe('analyticDistances of parallel lines (arXiv 1701.07875, Example 1)', () => {
  it.each([-1, 0.5, 1e-6])('has only W tell how far theta = %d is', (theta) => {
    const w = Math.abs(theta);
    const rest = { js: Math.LN2, kl: Infinity, reverse_kl: Infinity, tv: 1 };
    expect(distances(line(0), line(theta))).toEqual({ w1: w, w2: w, ...rest });
  });

  it('is 0 throughout of one and the same line', () => {
    expect(Object.values(distances(line(0), line(0)))).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('analyticDistances', () => {
  it.each([
    ['the generator’s mean is NaN', gaussian(0, 1), gaussian(NaN, 1)],
    ['the generator’s theta is Infinity', line(0), line(Infinity)],
    ['the generator’s deviation is 0: all its samples are one point', gaussian(0, 1), gaussian(0, 0)],
    [
      'the reference is a line of the parallel lines, and the generator makes a Gaussian on the line',
      line(0),
      gaussian(0, 1),
    ],
  ])('has no number: %s', (message, data, generator) => {
    const found = analyticDistances(data, generator);
    expect(found.ok ? found.value : found.error.message).toBe(message);
  });
});

describe('normalCdf', () => {
  // Of scipy.stats.norm.cdf.
  it.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [-2.9, 0.001865813300384038],
    [-3.1, 0.000967603213218356],
    [-10, 7.61985302416049e-24],
    [4, 0.999968328758167],
  ])('at %d is %d', (x, expected) => {
    expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(1e-12);
  });
});

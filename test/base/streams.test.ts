import { describe, expect, test } from 'vitest';

import { philoxBlocks } from '../../src/base/philox.js';
import { RandomStream, type StreamName } from '../../src/base/streams.js';

const name: StreamName = { seed: 1, purpose: 'test' };
const count = 200_000;

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
const power = (values: ArrayLike<number>, exponent: number) =>
  mean(Array.from(values, (value) => value ** exponent));

/** Standard normal distribution function, by Simpson's rule from 0: an own path, apart from Box and Muller. */
function normalCdf(x: number): number {
  const steps = 200;
  const width = Math.abs(x) / steps;
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let area = density(0) + density(Math.abs(x));
  for (let i = 1; i < steps; i += 1) area += (i % 2 === 1 ? 4 : 2) * density(i * width);
  area *= width / 3;
  return x >= 0 ? 0.5 + area : 0.5 - area;
}

/** sup |F_n - F|, times sqrt(n): above 1.95 with probability 0.001 (Kolmogorov). */
function kolmogorov(values: Float32Array, cdf: (x: number) => number): number {
  const sorted = Float32Array.from(values).sort();
  let largest = 0;
  sorted.forEach((value, index) => {
    const expected = cdf(value);
    largest = Math.max(
      largest,
      Math.abs(expected - index / sorted.length),
      Math.abs((index + 1) / sorted.length - expected),
    );
  });
  return largest * Math.sqrt(sorted.length);
}

function correlation(a: Float32Array, b: Float32Array): number {
  return mean(a.map((value, index) => value * (b[index] ?? 0)));
}

describe('normal', () => {
  const values = new RandomStream(name).normal(count);

  test('has the moments of N(0, 1), within 4 standard errors', () => {
    expect(Math.abs(mean(values))).toBeLessThan(4 / Math.sqrt(count));
    expect(Math.abs(power(values, 2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    expect(Math.abs(power(values, 3))).toBeLessThan(4 * Math.sqrt(15 / count));
    expect(Math.abs(power(values, 4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));
  });

  test('has the distribution of N(0, 1) (Kolmogorov and Smirnov)', () => {
    expect(kolmogorov(values.slice(0, 20_000), normalCdf)).toBeLessThan(1.95);
    // The test can fail: a scale that is 5 % off is seen.
    const wide = values.slice(0, 20_000).map((value) => value * 1.05);
    expect(kolmogorov(wide, normalCdf)).toBeGreaterThan(1.95);
  });

  test('neighbours are independent', () => {
    const shifted = new Float32Array(count);
    for (const lag of [1, 2, 3]) {
      shifted.set(values.subarray(lag));
      shifted.fill(0, count - lag);
      expect(Math.abs(correlation(values, shifted))).toBeLessThan(4 / Math.sqrt(count));
    }
  });
});

describe('uniform', () => {
  const values = new RandomStream(name).uniform(count);

  test('lies in [0, 1) and is uniform', () => {
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
    expect(kolmogorov(values.slice(0, 20_000), (x) => x)).toBeLessThan(1.95);
  });
});

describe('streams', () => {
  const base: Required<StreamName> = { seed: 5, purpose: 'latent', counter: 3, attempt: 0 };

  test.each<[string, StreamName]>([
    ['seed', { ...base, seed: 6 }],
    ['purpose', { ...base, purpose: 'batches' }],
    ['counter', { ...base, counter: 4 }],
    ['high half of the counter', { ...base, counter: 3 + 2 ** 32 }],
    ['attempt', { ...base, attempt: 1 }],
  ])('another %s gives independent numbers', (_, other) => {
    const a = new RandomStream(base).normal(20_000);
    const b = new RandomStream(other).normal(20_000);
    expect(Math.abs(correlation(a, b))).toBeLessThan(4 / Math.sqrt(20_000));
    expect([...a.slice(0, 8)]).not.toEqual([...b.slice(0, 8)]);
  });

  test('the documented layout: key [seed, FNV-1a of the purpose], counter [block, low, high, attempt]', () => {
    // FNV-1a of 'a' is 0xe40c292c (Noll's test vectors).
    const words = new Uint32Array(8);
    philoxBlocks([5, 0xe40c292c], [0, 9, 2, 7], words);
    const stream = new RandomStream({ seed: 5, purpose: 'a', counter: 9 + 2 * 2 ** 32, attempt: 7 });
    expect(Array.from(words, () => stream.uint32())).toEqual([...words]);
  });

  test('do not depend on the sizes of the calls', () => {
    const whole = new RandomStream(name).normal(2000);
    const pieces = new RandomStream(name);
    const sizes = [1, 2, 3, 255, 256, 257, 1, 700, 525];
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2000);
    expect(sizes.flatMap((size) => [...pieces.normal(size)])).toEqual([...whole]);
  });
});

describe('integers and permutations', () => {
  test('integerBelow is uniform where 2^32 is no multiple of the bound', () => {
    const stream = new RandomStream(name);
    // Taking remainders without rejection would put two thirds of the values below 2^31 rather than a half.
    const bound = 3 * 2 ** 30;
    const half = Array.from({ length: 20_000 }, () => stream.integerBelow(bound) < bound / 3).filter(Boolean);
    expect(Math.abs(half.length / 20_000 - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / 20_000));
  });

  test('a permutation holds each index once', () => {
    const order = new RandomStream(name).permutation(1000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  test('all orders of 4 are equally likely (chi-squared, 23 degrees of freedom)', () => {
    const stream = new RandomStream(name);
    const counts = new Map<string, number>();
    const draws = 24_000;
    for (let i = 0; i < draws; i += 1) {
      const order = stream.permutation(4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const expected = draws / 24;
    const chiSquared = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(49.7); // exceeded with probability 0.001
  });
});

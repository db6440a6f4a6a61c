import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import { drawSubsets, kernelDistance } from '../../src/metrics/kernel-distance.js';
import type { Samples } from '../../src/metrics/samples.js';
import { normalSamples, refereed, relativeError, setsOf, unusable } from './fixtures.js';

interface Given {
  readonly subsets: readonly Readonly<Record<'generated' | 'reference', readonly number[]>>[];
  readonly values: readonly number[];
}

const { referee, cases } = refereed<Given>('kernel_distance');
const streamOf = (purpose: string) => new RandomStream({ seed: 3, purpose: `test/${purpose}` });

function measured(a: Samples, b: Samples, count: number, size?: number) {
  const subsets = drawSubsets([a.count, b.count], { count, size }, streamOf);
  if (!subsets.ok) return subsets;
  return kernelDistance(a, b, subsets.value);
}

describe('kernelDistance', () => {
  it.each(cases)(`equals ${referee}: $title`, (given) => {
    const sets = setsOf(given);
    const subsets = given.subsets.map(({ generated, reference }) => ({
      generated: Int32Array.from(generated),
      reference: Int32Array.from(reference),
    }));
    const found = kernelDistance(...sets, subsets);
    if (!found.ok) throw new Error(found.error.message);
    const count = given.values.length;
    const mean = given.values.reduce((sum, value) => sum + value, 0) / count;
    const variance = given.values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
    expect(relativeError(found.value.value, mean)).toBeLessThan(1e-6);
    const independent = Math.min(
      count,
      Math.min(sets[0].count, sets[1].count) / (subsets[0]?.generated.length ?? 1),
    );
    // At a mean of 1e3 a deviation is one of the last digits of 1e9.
    expect(relativeError(found.value.standardError, Math.sqrt(variance / independent))).toBeLessThan(1e-5);
  });

  it('has no bias, and an error that is the deviation over draws of both sets', () => {
    const draws = Array.from({ length: 300 }, (_, draw) => {
      const found = measured(normalSamples(`a${draw}`, 20, 2), normalSamples(`b${draw}`, 24, 2), 4, 5);
      if (!found.ok) throw new Error(found.error.message);
      return found.value;
    });
    const mean = draws.reduce((sum, { value }) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (draws.length - 1);
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / draws.length));
    const squaredError = draws.reduce((sum, { standardError }) => sum + standardError ** 2, 0) / draws.length;
    expect(Math.abs(squaredError / variance - 1)).toBeLessThan(0.35);
  });

  it('has no number for sets that two subsets do not fit into', () => {
    const [a, b] = [normalSamples('a', 30, 2), normalSamples('b', 20, 2)];
    expect(measured(a, b, 10, 11)).toMatchObject({
      error: { message: 'two subsets of 11 samples do not fit into 20' },
    });
    expect(measured(normalSamples('a', 3, 2), b, 10)).toMatchObject({
      error: { message: 'two subsets of 2 samples do not fit into 3' },
    });
  });

  it.each(unusable)('has no number for %s', (_, generated, reference, message) => {
    const subset = { generated: Int32Array.of(0, 1), reference: Int32Array.of(0, 1) };
    const found = kernelDistance(generated, reference, [subset, subset]);
    expect(found).toMatchObject({ ok: false, error: { message } });
  });
});

describe('drawSubsets', () => {
  it('takes each sample once before it takes one twice, and half of a small set', () => {
    const subsets = drawSubsets([9, 14], { count: 4, size: undefined }, streamOf);
    if (!subsets.ok) throw new Error(subsets.error.message);
    expect(subsets.value.map(({ generated }) => generated.length)).toEqual([4, 4, 4, 4]);
    const [first, second, third] = subsets.value;
    expect(
      new Set([...(first?.reference ?? []), ...(second?.reference ?? []), ...(third?.reference ?? [])]).size,
    ).toBe(12);
    expect(new Set([...(first?.generated ?? []), ...(second?.generated ?? [])]).size).toBe(8);
  });
});

import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import type { Estimate, Pair } from '../../src/statistics/estimate.js';
import { meanOf, pairedDifference, unpairedDifference } from '../../src/statistics/means.js';
import { pairedRatio, unpairedRatio } from '../../src/statistics/ratios.js';

const confidence = 0.9;
const trials = 2000;
/** Three standard errors of a share of so many trials. */
const chance = 3 * Math.sqrt((confidence * (1 - confidence)) / trials);

type Draw = (count: number) => readonly number[];
type Covers = (estimate: Estimate, truth: number) => boolean;

const covers: Covers = ({ spread }, truth) =>
  spread.kind === 'unbounded' || (spread.kind === 'interval' && spread.low <= truth && truth <= spread.high);

/** In how many of the trials what an experiment comes to holds, each with normals of its own. */
function shareOfTrials(purpose: string, holds: (normals: Draw) => boolean, of = trials): number {
  const stream = new RandomStream({ seed: 1954, purpose });
  let held = 0;
  for (let trial = 0; trial < of; trial += 1) {
    if (holds((count) => [...stream.normal(count)])) held += 1;
  }
  return held / of;
}

const spreading = (values: readonly number[], mean: number, deviation: number) =>
  values.map((value) => mean + deviation * value);

/** Pairs of a mean 3 and a mean 4 that share most of their luck. */
function luckyPairs(normals: Draw, count: number): readonly Pair[] {
  const [luck, own] = [normals(count), normals(count)];
  return luck.map((value, k): Pair => [3 + value, 4 + value + (own[k] ?? 0) / 2]);
}

const estimates: Record<string, { truth: number; of: (normals: Draw) => Estimate }> = {
  'a mean of 3': { truth: 2, of: (normals) => meanOf(spreading(normals(3), 2, 1), confidence) },
  'a mean of 5': { truth: 2, of: (normals) => meanOf(spreading(normals(5), 2, 1), confidence) },
  'a difference of 5 pairs': {
    truth: -1,
    of: (normals) => pairedDifference(luckyPairs(normals, 5), confidence),
  },
  'a difference of 4 and 8, the few of which spread more': {
    truth: -1,
    of: (normals) =>
      unpairedDifference(spreading(normals(4), 3, 1), spreading(normals(8), 4, 0.5), confidence),
  },
  'a difference of 1 and 5': {
    truth: -1,
    of: (normals) => unpairedDifference(spreading(normals(1), 3, 1), spreading(normals(5), 4, 1), confidence),
  },
  'a ratio of 5 pairs': { truth: 3 / 4, of: (normals) => pairedRatio(luckyPairs(normals, 5), confidence) },
  'a ratio of 5 and 5': {
    truth: 3 / 4,
    of: (normals) => unpairedRatio(spreading(normals(5), 3, 0.5), spreading(normals(5), 4, 1), confidence),
  },
};

describe('an interval at 0.9 covers the truth in 9 of 10 experiments', () => {
  it.each(Object.entries(estimates))('%s', (purpose, { truth, of }) => {
    const share = shareOfTrials(purpose, (normals) => covers(of(normals), truth));
    expect(Math.abs(share - confidence)).toBeLessThan(chance);
  });

  it('a ratio whose denominator may be 0: not bounded then, and right', () => {
    let bounded = 0;
    const share = shareOfTrials('uncertain ratio', (normals) => {
      const estimate = unpairedRatio(spreading(normals(5), 3, 1), spreading(normals(5), 1, 1), confidence);
      if (estimate.spread.kind === 'interval') bounded += 1;
      return covers(estimate, 3);
    });
    expect(bounded / trials).toBeGreaterThan(0.3);
    expect(bounded / trials).toBeLessThan(0.8);
    expect(share).toBeGreaterThan(confidence - chance);
  });
});

describe('docs/metrics.md says what else was found', () => {
  it.each([
    { count: 3, expected: 0.62 },
    { count: 5, expected: 0.79 },
  ])('of the percentile bootstrap with $count replications: $expected', ({ count, expected }) => {
    const holds = (normals: Draw) => {
      const [low, high] = percentileBootstrap(normals(count));
      return low <= 0 && 0 <= high;
    };
    const share = shareOfTrials(`bootstrap of ${count}`, holds, trials / 4);
    expect(share).toBeCloseTo(expected, 1);
  });

  it('of replications that are far from normal', () => {
    const share = shareOfTrials('lognormal', (normals) =>
      covers(meanOf(normals(5).map(Math.exp), confidence), Math.exp(1 / 2)),
    );
    expect(share).toBeCloseTo(0.76, 1);
  });
});

/** The interval at 0.9 without any chance of its own: from the means of all equally likely resamples. */
function percentileBootstrap(values: readonly number[]): readonly [number, number] {
  const count = values.length;
  const meanOfResample = (index: number) =>
    values.reduce((sum, _, k) => sum + (values[Math.floor(index / count ** k) % count] ?? 0), 0) / count;
  const means = Float64Array.from({ length: count ** count }, (_, index) => meanOfResample(index)).sort();
  const at = (share: number) => means[Math.round(share * (means.length - 1))] ?? NaN;
  return [at((1 - confidence) / 2), at((1 + confidence) / 2)];
}

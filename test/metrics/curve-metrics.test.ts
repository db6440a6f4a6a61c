import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import type { Result } from '../../src/base/result.js';
import {
  convergenceSlope,
  estimateCorrelation,
  shareOfSteps,
  timeToLevel,
} from '../../src/metrics/curve-metrics.js';
import type { MetricRefusal } from '../../src/metrics/samples.js';

type Pairs = readonly (readonly [step: number, value: number])[];

interface Given {
  readonly title: string;
  readonly values: Pairs;
  readonly quality: Pairs;
  readonly window: number;
  readonly start: number;
  readonly level: number;
  readonly spearman: number;
  readonly kendall: number;
  readonly log_slope: number;
  readonly linear_slope: number;
  /** Null where the level is not reached. */
  readonly time: number | null;
  readonly share: number;
}

const path = new URL('../fixtures/referees/curve_metrics.json', import.meta.url);
const { referee, cases } = JSON.parse(readFileSync(path, 'utf8')) as { referee: string; cases: Given[] };

const curve = (pairs: Pairs, name = 'train.x') => ({
  name,
  points: pairs.map(([step, value]) => ({ step, value })),
});

function valueOf<T>(result: Result<T, MetricRefusal>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function refusal(result: Result<unknown, MetricRefusal>): string {
  if (result.ok) throw new Error('there is a value');
  return result.error.message;
}

const plain = { window: 1, start: 0 };

describe.each(cases)(`what $title comes to, by ${referee}`, (given) => {
  const { window, start, level } = given;
  const values = curve(given.values);

  it('is its rank correlation with a metric', () => {
    const found = valueOf(estimateCorrelation(curve(given.quality), values, { window, start }));
    expect(found.spearman).toBeCloseTo(given.spearman, 9);
    expect(found.kendall).toBeCloseTo(given.kendall, 9);
    expect(found.snapshots).toBe(given.quality.filter(([step]) => step >= start).length);
  });

  it('is its slope', () => {
    const slope = (scale: 'log' | 'linear') => valueOf(convergenceSlope(values, { window, start, scale }));
    expect(Math.abs(slope('log') / given.log_slope - 1)).toBeLessThan(1e-9);
    expect(Math.abs(slope('linear') / given.linear_slope - 1)).toBeLessThan(1e-9);
  });

  it('is its time to a level, and its share of steps at it', () => {
    const options = { window, start, level: { at_most: level } };
    expect(valueOf(timeToLevel(values, options))).toBe(given.time ?? Infinity);
    expect(valueOf(shareOfSteps(values, options))).toBeCloseTo(given.share, 12);
  });
});

describe('a curve', () => {
  it('has a slope of -1 where it falls to a tenth in 1,000 steps', () => {
    const points: Pairs = [0, 250, 500, 1000].map((step) => [step, 10 ** (-step / 1000)]);
    expect(valueOf(convergenceSlope(curve(points), { ...plain, scale: 'log' }))).toBeCloseTo(-1, 12);
    const level: Pairs = points.map(([step]) => [step, 7]);
    expect(valueOf(convergenceSlope(curve(level), { ...plain, scale: 'log' }))).toBe(0);
  });

  it('reaches a level exactly, from either side', () => {
    const points = curve([
      [1, 0.2],
      [2, 0.5],
      [3, NaN],
      [4, Infinity],
    ]);
    expect(valueOf(timeToLevel(points, { ...plain, level: { at_least: 0.5 } }))).toBe(2);
    expect(valueOf(timeToLevel(points, { ...plain, level: { at_most: 0.1 } }))).toBe(Infinity);
    // What is NaN is at no level, and counts as a step; what is infinite is above any.
    expect(valueOf(shareOfSteps(points, { start: 0, level: { at_least: 0.5 } }))).toBe(2 / 4);
    expect(valueOf(shareOfSteps(points, { start: 2, level: { at_most: 1e300 } }))).toBe(1 / 3);
  });

  it('smooths with values before `start`, and counts none of them', () => {
    const points = curve([
      [1, 9],
      [2, 9],
      [3, 1],
      [4, 1],
    ]);
    expect(valueOf(timeToLevel(points, { window: 3, start: 3, level: { at_most: 1 } }))).toBe(4);
    expect(valueOf(timeToLevel(points, { window: 1, start: 4, level: { at_most: 1 } }))).toBe(4);
  });
});

describe('there is no number', () => {
  const rising = curve([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
  ]);

  it('of ranks of a curve that is constant', () => {
    const modes = curve(
      [1, 2, 3, 4].map((step) => [step, 8]),
      'quality.modes',
    );
    const same = 'is the same at all 4 snapshots, so that it has no ranks to correlate';
    expect(refusal(estimateCorrelation(modes, rising, plain))).toBe(`quality.modes ${same}`);
    expect(refusal(estimateCorrelation(rising, modes, plain))).toBe(`the median of quality.modes ${same}`);
  });

  it('of too few points', () => {
    expect(refusal(estimateCorrelation(curve([[2, 1]], 'quality.fid'), rising, plain))).toBe(
      'quality.fid has 1 finite value where train.x has one, too, and 3 are needed',
    );
    expect(refusal(convergenceSlope(rising, { window: 1, start: 3, scale: 'linear' }))).toBe(
      'train.x has 2 finite values from generator step 3 on, and 3 are needed',
    );
    expect(refusal(timeToLevel(rising, { window: 1, start: 9, level: { at_most: 1 } }))).toBe(
      'train.x has no finite value from generator step 9 on',
    );
    expect(refusal(shareOfSteps(curve([]), { start: 0, level: { at_most: 1 } }))).toBe(
      'train.x has no finite value',
    );
  });

  it('of logarithms of what has none', () => {
    const crossing = curve([
      [1, 1],
      [2, 0],
      [3, -1],
    ]);
    expect(refusal(convergenceSlope(crossing, { ...plain, scale: 'log' }))).toBe(
      'train.x is 0 at generator step 2, which has no logarithm',
    );
    expect(valueOf(convergenceSlope(crossing, { ...plain, scale: 'linear' }))).toBe(-1000);
  });
});

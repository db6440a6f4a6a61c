import { describe, expect, it } from 'vitest';

import { type Point, runningMean, runningMedian } from '../../src/metrics/curves.js';
import { seriesOf, thin } from '../../src/report/series.js';
import { pointsOf, ringRun, stageRecord } from './support.js';

describe('runningMedian', () => {
  it('takes each point and those before it, never later ones', () => {
    const values = runningMedian(pointsOf([5, 1, 9, 2, 8]), 3).map((point) => point.value);
    expect(values).toEqual([5, (1 + 5) / 2, 5, 2, 8]);
  });

  it('leaves out what is not finite', () => {
    const medians = runningMedian(pointsOf([4, Number.NaN, Number.POSITIVE_INFINITY, 2]), 3);
    expect(medians).toEqual([
      { step: 0, value: 4 },
      { step: 3, value: 3 },
    ]);
  });
});

describe('runningMean', () => {
  it('takes each finite point and those before it, and lies between two levels that alternate', () => {
    const values = runningMean(pointsOf([3, -1, Number.NaN, 3, -1]), 2).map((point) => point.value);
    expect(values).toEqual([3, (3 - 1) / 2, (-1 + 3) / 2, (3 - 1) / 2]);
  });
});

describe('thin', () => {
  const wave = pointsOf(Array.from({ length: 10_000 }, (_, step) => Math.sin(step / 50)));

  it('keeps the spikes and the order', () => {
    const spiky = wave.map((point) => (point.step === 4_321 ? { ...point, value: 50 } : point));
    const thinned = thin(spiky, 600);
    expect(thinned.length).toBeLessThanOrEqual(600);
    expect(thinned).toContainEqual({ step: 4_321, value: 50 });
    expect(thinned.map((point) => point.step)).toEqual(
      thinned.map((point) => point.step).toSorted((a, b) => a - b),
    );
  });

  it('keeps gaps', () => {
    const holes = wave.map((point) => (point.step === 7_000 ? { ...point, value: Number.NaN } : point));
    expect(thin(holes, 600).filter((point) => Number.isNaN(point.value))).toHaveLength(1);
    const nothing: readonly Point[] = wave.map(({ step }) => ({ step, value: Number.NaN }));
    expect(thin(nothing, 600).every((point) => Number.isNaN(point.value))).toBe(true);
  });

  it('leaves few points alone', () => {
    const few = pointsOf([3, 1, 2]);
    expect(thin(few, 3)).toBe(few);
  });
});

describe('seriesOf', () => {
  it('collects each metric over the steps', () => {
    const train = seriesOf(stageRecord(ringRun({ steps: 30 }), 'train'));
    expect(train.map((series) => series.metric)).toContain('wasserstein_estimate');
    expect(train[0]?.points.map((point) => point.step)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });

  it('lets the last value of a step count, in the order of steps', () => {
    const record = stageRecord(ringRun({ steps: 3 }), 'train');
    const metrics = [
      { type: 'metrics', step: 2, timestamp: 1, values: { x: 1 } },
      { type: 'metrics', step: 1, timestamp: 2, values: { x: 2 } },
      { type: 'metrics', step: 2, timestamp: 3, values: { x: 3 } },
    ] as const;
    expect(seriesOf({ ...record, metrics })).toEqual([
      {
        metric: 'x',
        points: [
          { step: 1, value: 2 },
          { step: 2, value: 3 },
        ],
      },
    ]);
  });
});

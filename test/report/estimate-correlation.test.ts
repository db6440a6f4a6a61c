import { expect, it } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { correlationWithEstimate } from '../../src/report/estimate-correlation.js';
import type { Curve } from '../../src/metrics/curves.js';
import { ringRun } from './support.js';

const record = ringRun({ steps: 60, snapshotEvery: 10 });
const quality = required(
  record.stages.find(({ stage }) => stage.kind === 'evaluate'),
  'an evaluation',
);
const train = required(
  record.stages.find(({ stage }) => stage.kind === 'train'),
  'a training',
);

/** The median of the steps up to one, at most 25 of them, by hand. */
function medianAt(step: number): number {
  const values = train.metrics
    .filter((event) => event.step <= step && event.step > step - 25)
    .map(({ values }) => values['wasserstein_estimate'] ?? Number.NaN)
    .sort((a, b) => a - b);
  const [lower, upper] = [values[Math.ceil(values.length / 2) - 1], values[Math.floor(values.length / 2)]];
  return ((lower ?? 0) + (upper ?? 0)) / 2;
}

const seriesOf = (value: (step: number) => number): Curve => ({
  metric: 'swd',
  points: [0, 10, 20, 30, 40, 50, 60].map((step) => ({ step, value: step === 0 ? 1e9 : value(step) })),
});

it('is 1 for a metric that goes as the causal median does, -1 for one that goes the other way', () => {
  const same = correlationWithEstimate(record, quality, seriesOf(medianAt));
  expect(same).toEqual({ snapshots: 6, spearman: expect.closeTo(1, 9) as number, kendall: 1 });
  const opposite = correlationWithEstimate(
    record,
    quality,
    seriesOf((step) => -medianAt(step)),
  );
  expect(opposite).toMatchObject({ spearman: expect.closeTo(-1, 9) as number, kendall: -1 });
});

it('leaves out values that are no numbers, and says nothing of two', () => {
  const broken = seriesOf((step) => (step > 20 ? Number.NaN : step));
  expect(correlationWithEstimate(record, quality, broken)).toBeUndefined();
});

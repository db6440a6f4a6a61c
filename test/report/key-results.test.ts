import { describe, expect, it } from 'vitest';

import { fidIdentity } from '../base/identity.js';
import { keyResults, verdict } from '../../src/report/key-results.js';
import { keyResultsSection } from '../../src/report/sections/key-results.js';
import { runningMedian } from '../../src/metrics/curves.js';
import { seriesOf } from '../../src/report/series.js';
import { ringRun, stageRecord } from './support.js';

const record = ringRun();
const results = keyResults(record);
const named = (name: string) => results.find((result) => result.name === name);

describe('keyResults', () => {
  it('has every evaluation metric, then the estimate', () => {
    expect(results.map((result) => result.name)).toEqual([
      'quality.swd',
      'quality.modes',
      'quality.modes.high_quality_share',
      'train.wasserstein_estimate',
    ]);
  });

  it('compares an evaluation with step 0', () => {
    const points = seriesOf(stageRecord(record, 'quality'))[0]?.points;
    expect(named('quality.swd')).toMatchObject({
      final: points?.at(-1),
      before: { kind: 'untrained', point: points?.[0] },
      label: { title: 'Sliced Wasserstein distance' },
    });
    expect(named('quality.modes')).toMatchObject({ final: { step: 1200, value: 8 } });
  });

  it('gives the median of the last estimates, beside the highest one', () => {
    const medians = runningMedian(seriesOf(stageRecord(record, 'train'))[0]?.points ?? []);
    const highest = Math.max(...medians.map((point) => point.value));
    expect(named('train.wasserstein_estimate')).toMatchObject({
      final: medians.at(-1),
      before: { kind: 'peak', point: { value: highest } },
      smoothed: true,
    });
  });

  it('has no baseline where step 0 was not measured', () => {
    const only = ringRun({ failure: { reason: 'interrupted' } });
    expect(keyResults(only).map((result) => result.name)).toEqual(['train.wasserstein_estimate']);
    const quality = stageRecord(record, 'quality');
    const atEnd = { ...quality, metrics: quality.metrics.slice(-1) };
    expect(keyResults({ ...record, stages: [atEnd] }).map((result) => result.before)).toEqual(
      Array(3).fill(undefined),
    );
  });

  it('has the numbers of a program by their own names, of no step', () => {
    const quality = stageRecord(record, 'quality');
    const plot = {
      ...quality,
      stage: { ...quality.stage, id: 'plot', kind: 'command' } as unknown as typeof quality.stage,
      metrics: [{ type: 'metrics' as const, step: 0, timestamp: 0, values: { share_left: 0.25 } }],
    };
    expect(keyResults({ ...record, stages: [plot] })).toMatchObject([
      { name: 'plot.share_left', label: { title: 'share_left' }, final: { value: 0.25 }, isOfStep: false },
    ]);
  });

  it('has the estimate of any objective, and compares with its peak only what is to fall', () => {
    const train = stageRecord(record, 'train');
    const metrics = train.metrics.map((event) => ({
      ...event,
      values: { js_estimate: event.values['wasserstein_estimate'] ?? NaN },
    }));
    expect(keyResults({ ...record, stages: [{ ...train, metrics }] })).toMatchObject([
      { name: 'train.js_estimate', label: { unit: 'nats' }, before: undefined, smoothed: true },
    ]);
  });

  it('leaves out an estimate that was never finite', () => {
    const broken = Array.from({ length: 30 }, (_, index) => index + 1);
    expect(keyResults(ringRun({ steps: 30, snapshotEvery: 10, broken })).at(-1)?.name).toBe(
      'quality.modes.high_quality_share',
    );
  });
});

describe('verdict', () => {
  it('follows the direction of the metric', () => {
    expect(results.map(verdict)).toEqual(['better', 'better', 'better', 'better']);
    const swd = named('quality.swd');
    const worse = { step: 1200, value: 99 };
    expect(swd && verdict({ ...swd, final: worse })).toBe('worse');
    expect(swd && verdict({ ...swd, final: { step: 1, value: Number.NaN } })).toBeUndefined();
    expect(swd?.before && verdict({ ...swd, final: swd.before.point })).toBe('equal');
  });

  it('says nothing about a metric of which it does not know the direction', () => {
    const swd = named('quality.swd');
    const label = { title: 'x', unit: '', better: 'neither', meaning: '' } as const;
    expect(swd && verdict({ ...swd, label })).toBeUndefined();
  });
});

describe('of a stage with several cells', () => {
  const quality = stageRecord(record, 'quality');
  const better = {
    ...quality,
    stage: { ...quality.stage, id: 'quality@arm=other' as typeof quality.stage.id },
    metrics: quality.metrics.map((event) => ({ ...event, values: { ...event.values, swd: 0 } })),
  };
  const base = { ...quality, stage: { ...quality.stage, id: 'quality@arm=base' as typeof quality.stage.id } };
  const section = keyResultsSection({ ...record, stages: [base, better] })?.text ?? '';

  it('is a table, a line for each cell, in which the best of a metric is marked', () => {
    expect(section).not.toContain('class="card"');
    const lines = section
      .split('<tr>')
      .slice(1)
      .map((line) => line.replace(/<(?!strong>)[^>]*>|\s+/g, ' '));
    expect(lines).toHaveLength(4);
    const [head, untrained, first, second] = lines;
    expect(head).toMatch(/Cell +swd +modes +modes\.high_quality_share/);
    expect(untrained).toContain('untrained');
    expect(first).toContain('arm=base');
    expect(first).not.toContain('<strong>');
    expect(second).toMatch(/arm=other +<strong>0 /);
    // Equal values are none better than another.
    expect(second?.match(/<strong>/g)).toHaveLength(1);
  });

  it('marks none as the best where values are unlike, and says in what', () => {
    const cells = [base, better].map((cell, index) => ({
      ...cell,
      identities: { swd: { ...fidIdentity, samples: 1000 + index }, modes: fidIdentity },
    }));
    const text = keyResultsSection({ ...record, stages: cells })?.text ?? '';
    expect(text).not.toContain('<strong>');
    expect(text.match(/not comparable: of other numbers of samples \(samples\)/g)).toHaveLength(1);
    const alike = cells.map((cell) => ({ ...cell, identities: { swd: fidIdentity } }));
    expect(keyResultsSection({ ...record, stages: alike })?.text).toContain('<strong>');
  });

  it('marks none as the best where none is a number', () => {
    const broken = [base, better].map((cell) => ({
      ...cell,
      metrics: cell.metrics.map((event) => ({ ...event, values: { swd: Infinity } })),
    }));
    expect(keyResultsSection({ ...record, stages: broken })?.text).not.toContain('<strong>');
  });

  it('marks the one that is finite', () => {
    const cells = [base, better].map((cell, index) => ({
      ...cell,
      metrics: cell.metrics.map((event) => ({ ...event, values: { swd: index === 0 ? Infinity : 0 } })),
    }));
    expect(keyResultsSection({ ...record, stages: cells })?.text.match(/<strong>0</g)).toHaveLength(1);
  });

  it('marks no estimate: each is of a critic of its own', () => {
    const training = stageRecord(record, 'train');
    const cells = ['train@arm=base', 'train@arm=other'].map((id, index) => ({
      ...training,
      stage: { ...training.stage, id: id as typeof training.stage.id },
      metrics: training.metrics.map((event) => ({ ...event, values: { wasserstein_estimate: index } })),
    }));
    const text = keyResultsSection({ ...record, stages: cells })?.text ?? '';
    expect(text).toContain('train');
    expect(text).toContain('wasserstein_estimate');
    expect(text).not.toContain('<strong>');
  });

  it('escapes what a user wrote', () => {
    const id = 'quality@x=<b>' as typeof quality.stage.id;
    const hostile = { ...better, stage: { ...better.stage, id } };
    const text = keyResultsSection({ ...record, stages: [base, hostile] })?.text ?? '';
    expect(text).toContain('x=&lt;b&gt;');
    expect(text).not.toContain('<b>');
  });
});

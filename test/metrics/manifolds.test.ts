import { describe, expect, it } from 'vitest';

import { densityCoverage } from '../../src/metrics/density-coverage.js';
import { precisionRecall } from '../../src/metrics/precision-recall.js';
import { moved, normalSamples, refereed, samplesOf, setsOf } from './fixtures.js';

const { referee, cases } = refereed<{
  neighbours: number;
  precision: number;
  recall: number;
  density: number;
  coverage: number;
}>('prdc');

const near = (value: number): unknown => expect.closeTo(value, 9);

describe('precisionRecall and densityCoverage', () => {
  it.each(cases)(`equal ${referee}: $title`, (given) => {
    const { neighbours, precision, recall, density, coverage } = given;
    expect(precisionRecall(...setsOf(given), neighbours)).toEqual({
      ok: true,
      value: { precision: near(precision), recall: near(recall) },
    });
    expect(densityCoverage(...setsOf(given), neighbours)).toEqual({
      ok: true,
      value: { density: near(density), coverage: near(coverage) },
    });
  });

  it('are 1 of a set to itself, and 0 of sets apart', () => {
    const samples = normalSamples('samples', 40, 2);
    expect(precisionRecall(samples, samples, 3)).toMatchObject({ value: { precision: 1, recall: 1 } });
    expect(densityCoverage(samples, samples, 3)).toMatchObject({ value: { coverage: 1 } });
    const apart = moved(samples, 100);
    expect(precisionRecall(apart, samples, 3)).toMatchObject({ value: { precision: 0, recall: 0 } });
    expect(densityCoverage(apart, samples, 3)).toMatchObject({ value: { density: 0, coverage: 0 } });
  });

  it('say of a generator that collapsed into the data: precise, and nothing else', () => {
    const samples = normalSamples('samples', 40, 2);
    const collapsed = samplesOf(new Float64Array(80).fill(0.1), 2);
    expect(precisionRecall(collapsed, samples, 3)).toMatchObject({ value: { precision: 1, recall: 0 } });
    const covered = densityCoverage(collapsed, samples, 3);
    expect(covered.ok && covered.value.coverage).toBeLessThan(0.3);
  });

  it('need more samples than neighbours', () => {
    const five = samplesOf([1, 2, 3, 4, 5], 1);
    const message = 'a sample’s neighbour number 5 is needed, and there are 5 generated samples';
    for (const metric of [precisionRecall, densityCoverage]) {
      expect(metric(five, five, 5)).toMatchObject({ ok: false, error: { message } });
    }
  });
});

import { describe, expect, it } from 'vitest';

import { nearestNeighbourTest } from '../../src/metrics/nearest-neighbour-test.js';
import { backwards, normalSamples, refereed, samplesOf, setsOf } from './fixtures.js';

const { referee, cases } = refereed<{ shares: [number, number] }>('nearest_neighbour_test');

describe('nearestNeighbourTest', () => {
  it.each(cases)(`equals ${referee}: $title`, (given) => {
    const [ofGenerated, ofReference] = given.shares;
    const accuracy: unknown = expect.closeTo((ofGenerated + ofReference) / 2, 12);
    expect(nearestNeighbourTest(...setsOf(given))).toEqual({
      ok: true,
      value: { accuracy, ofGenerated, ofReference },
    });
  });

  it('tells nothing of copies: each is nearest to its original', () => {
    const samples = normalSamples('samples', 30, 2);
    const value = { accuracy: 0, ofGenerated: 0, ofReference: 0 };
    expect(nearestNeighbourTest(backwards(samples), samples)).toEqual({ ok: true, value });
  });

  it('tells the samples of a generator that collapsed, and counts a tie half', () => {
    const reference = samplesOf([-1, 1, 3], 1);
    // -1 and 1 are nearest to 0, which is generated: wrong; 3 is nearest to 1: right.
    const value = { accuracy: (1 + 1 / 3) / 2, ofGenerated: 1, ofReference: 1 / 3 };
    expect(nearestNeighbourTest(samplesOf([0, 0, 0], 1), reference)).toEqual({ ok: true, value });
    // Each has one of the other set beside it.
    expect(nearestNeighbourTest(samplesOf([1, 3], 1), samplesOf([0, 2], 1))).toMatchObject({
      value: { ofGenerated: 0, ofReference: 0 },
    });
    // 0 is nearest to 1, and 1 as near to 0 as to 2.
    expect(nearestNeighbourTest(samplesOf([0, 1], 1), samplesOf([2, 9], 1))).toMatchObject({
      value: { ofGenerated: (1 + 1 / 2) / 2, ofReference: (0 + 1) / 2 },
    });
  });

  it('is of equal counts', () => {
    expect(nearestNeighbourTest(samplesOf([1, 2], 1), samplesOf([1, 2, 3], 1))).toMatchObject({
      error: { message: '2 generated samples are told from 3 reference samples' },
    });
  });
});

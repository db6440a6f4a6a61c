import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { inceptionScore } from '../../src/metrics/inception-score.js';
import { relativeError, samplesOf } from './fixtures.js';

interface Given {
  readonly title: string;
  readonly classes: number;
  readonly probabilities: readonly number[];
  readonly splits: number;
  readonly mean: number;
  readonly std: number;
}

const path = new URL('../fixtures/referees/inception_score.json', import.meta.url);
const { referee, cases } = JSON.parse(readFileSync(path, 'utf8')) as { referee: string; cases: Given[] };

describe('inceptionScore', () => {
  it.each(cases)(`equals ${referee}: $title`, ({ classes, probabilities, splits, mean, std }) => {
    const found = inceptionScore(samplesOf(probabilities, classes), splits);
    if (!found.ok) throw new Error(found.error.message);
    expect(relativeError(found.value.value, mean)).toBeLessThan(1e-6);
    expect(relativeError(found.value.deviation, std)).toBeLessThan(1e-6);
  });

  it('is 1 where all samples look alike, and the number of classes where each is sure of another', () => {
    const alike = samplesOf(Array.from({ length: 6 }, () => [0.5, 0.2, 0.3]).flat(), 3);
    expect(inceptionScore(alike, 2)).toMatchObject({ value: { value: 1, deviation: 0 } });
    const sure = samplesOf([1, 0, 0, 0, 1, 0, 0, 0, 1].concat([1, 0, 0, 0, 1, 0, 0, 0, 1]), 3);
    const found = inceptionScore(sure, 2);
    expect(found.ok && found.value.value).toBeCloseTo(3, 12);
  });

  it('has no number for too few samples, or for probabilities that are none', () => {
    expect(inceptionScore(samplesOf([1, 0, 0, 1, 1, 0], 2), 2)).toMatchObject({
      error: { message: '3 generated samples are too few for 2 parts of two and more' },
    });
    expect(inceptionScore(samplesOf([1, 0, Number.NaN, 1], 2), 1)).toMatchObject({
      error: { message: 'component 0 of generated sample 1 is NaN' },
    });
  });
});

import { expect, test } from 'vitest';

import { conditionalAccuracy } from '../../src/metrics/conditional-accuracy.js';
import { samplesOf } from './fixtures.js';

const probabilities = samplesOf([0.7, 0.2, 0.1, 0.1, 0.2, 0.7, 0.4, 0.4, 0.2, 0.1, 0.8, 0.1], 3);

test('counts the samples whose likeliest class is theirs; of equal ones, the first', () => {
  expect(conditionalAccuracy(probabilities, Int32Array.of(0, 2, 0, 1), 'generated')).toEqual({
    ok: true,
    value: 1,
  });
  expect(conditionalAccuracy(probabilities, Int32Array.of(0, 1, 1, 1), 'generated')).toEqual({
    ok: true,
    value: 0.5,
  });
});

test('a class that the extractor does not tell is refused, and so is what is no number', () => {
  expect(conditionalAccuracy(probabilities, Int32Array.of(0, 2, 3, 1), 'reference')).toMatchObject({
    ok: false,
    error: { message: 'reference samples are of class 3, and the extractor tells 3 classes, from 0' },
  });
  expect(conditionalAccuracy(samplesOf([0.5, NaN], 2), Int32Array.of(0), 'generated').ok).toBe(false);
});

import { expect, test } from 'vitest';

import { formatAge, parseTimeSpan } from '../../src/base/time-span.js';

test.each([
  ['0s', 0],
  ['90s', 90],
  ['30min', 30 * 60],
  ['1.5 h', 5400],
  ['30d', 30 * 24 * 3600],
  ['2w', 14 * 24 * 3600],
])('%s is a span', (text, seconds) => {
  expect(parseTimeSpan(text)).toBe(seconds);
});

test.each(['', '30', 'd', '-1d', '1m', '1 day', '1e3s', 'Infinityd', '1d 2h'])('%o is none', (text) => {
  expect(parseTimeSpan(text)).toBeUndefined();
});

test.each([
  [-5, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [7199, '1 h'],
  [86_400 * 400, '400 d'],
])('an age of %d s is %s', (seconds, text) => {
  expect(formatAge(seconds)).toBe(text);
});

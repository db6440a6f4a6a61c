import { describe, expect, it } from 'vitest';

import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatTime,
  plural,
} from '../../src/base/format.js';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [8, '8'],
    [-3, '-3'],
    [1200, '1,200'],
    [0.183_44, '0.1834'],
    [-0.183_44, '-0.1834'],
    [0.5, '0.5000'],
    [12.345_6, '12.35'],
    [1234.56, '1,235'],
    [123_456.7, '123,457'],
    [999_999.9, '1.000e6'],
    [2_000_000, '2.000e6'],
    [0.000_123_4, '0.0001234'],
    [0.000_012_34, '1.234e-5'],
    [4e-9, '4.000e-9'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('shows %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('takes the number of significant digits', () => {
    expect(formatNumber(0.183_44, 2)).toBe('0.18');
    expect(formatNumber(37.6, 2)).toBe('38');
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [0.44, '0.4 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [31.2, '31 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [125, '2 min 05 s'],
    [3599.4, '59 min 59 s'],
    [3599.6, '1 h 00 min'],
    [3780, '1 h 03 min'],
    [100 * 3600, '100 h 00 min'],
  ])('shows %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('formatPercent', () => {
  it('reaches 100% only when all is done', () => {
    expect(formatPercent(0.9999)).toBe('99%');
    expect(formatPercent(1)).toBe('100%');
    expect(formatPercent(0.29)).toBe('29%');
  });
});

describe('formatBytes', () => {
  it.each([
    [999, '999 B'],
    [812_000, '812 kB'],
    [999_600, '1.0 MB'],
    [12_345_678, '12.3 MB'],
    [1.5e9, '1.50 GB'],
  ])('shows %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

it('separates thousands, names instants and counts words', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
  expect(formatCount(-1000)).toBe('-1,000');
  expect(formatTime(Date.UTC(2026, 10, 23, 18, 35, 1, 900))).toBe('2026-11-23 18:35:01 UTC');
  expect(plural(1, 'stage')).toBe('1 stage');
  expect(plural(1200, 'step')).toBe('1,200 steps');
});

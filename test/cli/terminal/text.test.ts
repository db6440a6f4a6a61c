import stringWidth from 'string-width';
import { expect, it } from 'vitest';

import { oneLine, padEnd, padStart, truncate, wrap } from '../../../src/cli/terminal/text.js';

it('takes the power over the terminal from foreign text', () => {
  expect(oneLine('a\u001b[31mb\u001b[0m\r\nc\u0007')).toBe('ab c ');
  expect(oneLine('\u001b]0;title\u0007x\u009b2Jy')).toBe('xy');
  expect(oneLine('a\u202eb')).toBe(String.raw`a\u{202e}b`);
});

it('cuts at whole letters and counts cells, not characters', () => {
  expect(truncate('dataset', 7, '…')).toBe('dataset');
  expect(truncate('dataset', 6, '…')).toBe('datas…');
  expect(truncate('数据集合', 5, '…')).toBe('数据…');
  expect(stringWidth(truncate('数据集合', 6, '…'))).toBeLessThanOrEqual(6);
  expect(truncate('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3, '…')).toBe('👩‍👩‍👧‍👦…');
  expect(truncate('abc', 0, '…')).toBe('');
});

it('fills up to a width', () => {
  expect(padEnd('数', 4)).toBe('数  ');
  expect(padStart('12', 4)).toBe('  12');
  expect(padEnd('long', 2)).toBe('long');
});

it('breaks lines between words only', () => {
  expect(wrap('the kernel ended it', 10)).toEqual(['the kernel', 'ended it']);
  expect(wrap('see /a/very/long/path now', 8)).toEqual(['see', '/a/very/long/path', 'now']);
  expect(wrap('', 8)).toEqual(['']);
});

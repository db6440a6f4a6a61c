import { expect, it } from 'vitest';

import { drawInterval, extentOf, scaleOf, type IntervalDrawing } from '../../src/report/interval-drawing.js';
import { interval, single, unbounded } from './judged-support.js';
import { assertWellFormed } from './well-formed.js';

const scale = { low: 0, high: 10 };
const draw = (drawing: Partial<IntervalDrawing>): string =>
  drawInterval({ estimate: interval(5, 2, 8), scale, description: '5', ...drawing })?.text ?? '';

/** Pixels of an element's attribute. */
const at = (svg: string, name: string, attribute: string): number => {
  const [element = ''] = new RegExp(`<[a-z]+\\s+class="${name}"[^>]*>`).exec(svg) ?? [];
  return Number(new RegExp(`\\s${attribute}="([^"]*)"`).exec(element)?.[1]);
};

it('numbers lie in proportion', () => {
  const svg = draw({ bounds: { max: 8 }, even: 2 });
  assertWellFormed(svg);
  const [low, high] = [at(svg, 'span', 'x1'), at(svg, 'span', 'x2')];
  expect(at(svg, 'at', 'cx')).toBeCloseTo((low + high) / 2, 1);
  expect(at(svg, 'bound', 'x1')).toBe(high);
  expect(at(svg, 'even', 'x1')).toBe(low);
  expect([at(svg, 'held', 'x'), at(svg, 'held', 'width')]).toEqual([0, high]);
});

it('what two bounds leave lies between them', () => {
  const svg = draw({ bounds: { min: 2, max: 8 } });
  expect(at(svg, 'held', 'x') + at(svg, 'held', 'width')).toBeCloseTo(at(svg, 'span', 'x2'), 5);
  expect(at(svg, 'held', 'x')).toBe(at(svg, 'span', 'x1'));
});

it('one value has no interval, and one that is not bounded has no ends', () => {
  expect(draw({ estimate: single(5) })).not.toContain('span');
  const svg = draw({ estimate: unbounded(5) });
  expect([at(svg, 'span open', 'x1'), at(svg, 'span open', 'x2')]).toEqual([
    at(svg, 'ground', 'x1'),
    at(svg, 'ground', 'x2'),
  ]);
});

it('an infinite value is not drawn', () => {
  expect(draw({ estimate: interval(Infinity, Infinity, Infinity) })).toBe('');
});

it('a scale has room for all that is finite', () => {
  expect(scaleOf([Infinity])).toBeUndefined();
  expect(scaleOf([1, 3, -Infinity])).toEqual({ low: 0.9, high: 3.1 });
  expect(scaleOf([0])).toEqual({ low: -1, high: 1 });
  expect(scaleOf([-4, -4])).toEqual({ low: -6, high: -2 });
  expect([extentOf(interval(2, 1, 3)), extentOf(unbounded(2))]).toEqual([[2, 1, 3], [2]]);
});

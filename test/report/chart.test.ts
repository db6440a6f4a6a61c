import { expect, it } from 'vitest';

import { drawChart, pointLimit, type Chart } from '../../src/report/chart.js';
import { pointsOf } from './support.js';
import { assertWellFormed } from './well-formed.js';

const wave = pointsOf(Array.from({ length: 100 }, (_, step) => Math.sin(step / 9)));

function chart(change: Partial<Chart> = {}): Chart {
  return {
    id: 'c0',
    description: 'A <wave> & more',
    raw: wave,
    strong: wave,
    zero: false,
    size: 'half',
    ...change,
  };
}

/** The `d` of the curves of one colour, as lists of "M x y" and "L x y" commands. */
function curves(svg: string, colour: string): readonly string[] {
  return [...svg.matchAll(/<path[^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => tag.includes(`stroke="var(--${colour})"`))
    .map((tag) => /d="([^"]*)"/.exec(tag)?.[1] ?? '');
}

it('draws both widths, escaped, without ids that could clash', async () => {
  const { text } = await drawChart(chart());
  assertWellFormed(text);
  expect(text.match(/<svg /g)).toHaveLength(2);
  expect(text).toContain('aria-label="A &lt;wave&gt; &amp; more"');
  const ids = [...text.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => id?.startsWith('c0-') === true)).toBe(true);
});

it('draws a point of the curve for each value, light behind strong', async () => {
  const { text } = await drawChart(chart());
  const [raw] = curves(text, 'raw');
  expect(raw?.match(/[ML]/g)).toHaveLength(100);
  expect(text.indexOf('stroke="var(--raw)"')).toBeLessThan(text.indexOf('stroke="var(--strong)"'));
});

it('leaves a gap where a value is not finite', async () => {
  const broken = wave.map((point) => (point.step === 40 ? { ...point, value: Number.NaN } : point));
  const infinite = broken.map((point) => (point.step === 70 ? { ...point, value: Infinity } : point));
  const { text } = await drawChart(chart({ raw: infinite, strong: [] }));
  const [raw] = curves(text, 'raw');
  expect(raw?.match(/M/g)).toHaveLength(3);
  expect(raw?.match(/[ML]/g)).toHaveLength(98);
  expect(text).not.toMatch(/NaN|Infinity|undefined/);
});

it('stays small however long the training was', async () => {
  const long = pointsOf(Array.from({ length: 200_000 }, (_, step) => Math.sin(step / 900)));
  const { text } = await drawChart(chart({ raw: long, strong: [] }));
  const [raw] = curves(text, 'raw');
  expect(raw?.match(/[ML]/g)?.length).toBeLessThanOrEqual(pointLimit('half'));
  expect(text.length).toBeLessThan(100_000);
});

it('is the same text every time', async () => {
  expect((await drawChart(chart())).text).toBe((await drawChart(chart())).text);
});

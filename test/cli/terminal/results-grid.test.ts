import { expect, test } from 'vitest';

import { makeLook } from '../../../src/cli/terminal/look.js';
import { gridLines } from '../../../src/cli/terminal/results-grid.js';
import type { ResultsGrid } from '../../../src/report/results-grid.js';

const look = makeLook({ unicode: true, colour: false });
const label = { title: '', unit: '', better: 'lower', meaning: '' } as const;
const of = (value: number, isBest = false, peak?: number) => ({ value, isBest, peak });

const grid: ResultsGrid = {
  stage: 'quality',
  columns: [
    { metric: 'swd', label, unlike: undefined },
    { metric: 'fid', label, unlike: 'samples' },
  ],
  untrained: [1.5, undefined],
  rows: [
    { cell: 'arm=base', values: [of(0.25, true), of(300)] },
    { cell: 'arm=other', values: [of(0.5), undefined] },
  ],
};

test('cells are lines and metrics columns, digits below digits, the best marked', () => {
  expect(gridLines(grid, 80, look)).toEqual([
    '  quality        swd  fid',
    '  untrained   1.500',
    '  arm=base   0.2500*  300',
    '  arm=other  0.5000',
    '  fid is not comparable: of other numbers of samples',
  ]);
});

test('an estimate says from where it fell', () => {
  const rows = [{ cell: 'seed=1', values: [of(0.25, false, 12)] }];
  expect(
    gridLines({ ...grid, columns: grid.columns.slice(0, 1), untrained: undefined, rows }, 80, look),
  ).toEqual(['  quality                   swd', '  seed=1   0.2500, down from 12']);
});

test('what does not fit beside each other stands below each other, and in the width', () => {
  const columns = Array.from({ length: 7 }, (_, index) => ({
    metric: `metric_number_${index}`,
    label,
    unlike: undefined,
  }));
  const rows = ['arm=a', 'arm=b'].map((cell) => ({ cell, values: columns.map((_, index) => of(index)) }));
  const lines = gridLines({ stage: 'quality', columns, untrained: undefined, rows }, 60, look);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(lines.filter((line) => line.startsWith('  arm=a'))).toHaveLength(3);
  for (const { metric } of columns) expect(lines.join('\n').split(metric)).toHaveLength(2);
});

test('what a user wrote moves no cursor', () => {
  const rows = [{ cell: 'arm=\u001b[2J', values: [of(1), of(2)] }];
  expect(gridLines({ ...grid, rows }, 80, look).join('')).not.toContain('\u001b[2J');
});

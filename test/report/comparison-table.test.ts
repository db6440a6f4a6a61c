import { describe, expect, it } from 'vitest';

import type { ComparisonEvent } from '../../src/execute/judged.js';
import type { PlannedInput, PlannedStage } from '../../src/plan/types.js';
import { comparisonTables, formatP, summedUpIn } from '../../src/report/comparison-table.js';
import { comparing, comparison, interval, judgedRun, toldBy } from './judged-support.js';
import { id } from './support.js';

function tableOf(event: ComparisonEvent) {
  const [table] = comparisonTables(judgedRun([toldBy(comparing, { comparison: event })]));
  if (table === undefined) throw new Error('there is a table');
  return table;
}

describe('a comparison', () => {
  const table = tableOf(comparison);
  const column = (at: number) => table.rows.map(({ cells }) => cells[at]);

  it('has the best of comparable means', () => {
    expect(column(0).map((cell) => cell?.isBest)).toEqual([false, false, true, false]);
  });

  it('ranks nothing that is unlike, and no estimates of critics', () => {
    expect([...column(1), ...column(2)].filter((cell) => cell?.isBest)).toEqual([]);
    expect(column(2).map((cell) => cell?.change)).toEqual([undefined, undefined, undefined, undefined]);
    expect(table.columns.map(({ isOfCritic }) => isOfCritic)).toEqual([false, false, true]);
  });

  it('names the differences that are not chance', () => {
    expect(column(0).map((cell) => cell?.change)).toEqual([undefined, 'worse', 'better', undefined]);
  });

  it('has rows by their places, and the range of replications', () => {
    expect(table.rows.map(({ name }) => name)).toEqual(['arm=base', 'arm=tight', 'arm=one', 'arm=wild']);
    expect([table.versus, table.counts]).toEqual(['arm=base', '1 to 3']);
  });
});

it('where higher is better, a rise is; where neither is, it differs; and p decides at the level of the table', () => {
  const changes = (better: 'higher' | 'neither', confidence: number) =>
    tableOf({
      type: 'comparison',
      confidence,
      columns: [{ metric: 'quality.x', better }],
      rows: [{ place: {}, cells: [{ difference: interval(1, 0.5, 1.5), p: 0.02 }] }],
    }).rows.map(({ name, cells }) => [name, cells[0]?.change]);
  expect(changes('higher', 0.95)).toEqual([['mean', 'better']]);
  expect(changes('neither', 0.95)).toEqual([['mean', 'differs']]);
  expect(changes('higher', 0.99)).toEqual([['mean', undefined]]);
});

it('sums up what it shows of a stage with several cells, and nothing else of it', () => {
  const inputs = ['quality@seed=0', 'quality@seed=1', 'train', 'other@seed=0', 'other@seed=1'].map(
    (name): PlannedInput<'collected'> => ({ role: 'collected', stage: id(name) }),
  );
  const stage = { ...comparing, inputs } as PlannedStage;
  const columns = ['quality.w1', 'quality.modes', 'train.wasserstein_estimate'].map((metric) => ({
    metric,
    better: 'lower' as const,
  }));
  const isSummedUp = summedUpIn({ stages: [toldBy(stage, { comparison: { ...comparison, columns } })] });
  const summedUp = [
    ['quality@seed=0', 'w1'],
    ['quality@seed=1', 'modes.total_variation'],
    ['quality@seed=1', 'fid'],
    ['train', 'wasserstein_estimate'],
    ['other@seed=0', 'w1'],
  ].map(([name = '', metric = '']) => isSummedUp({ id: id(name), metric }));
  expect(summedUp).toEqual([true, true, false, false, false]);
  const nothing = summedUpIn({ stages: [toldBy(stage, {})] });
  expect(nothing({ id: id('quality@seed=0'), metric: 'w1' })).toBe(false);
});

it('p-values have three decimals', () => {
  expect([0.0004, 0.0187, 1].map(formatP)).toEqual(['< 0.001', '0.019', '1.000']);
});

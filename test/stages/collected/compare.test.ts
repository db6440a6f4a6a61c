import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { meanOf, pairedDifference } from '../../../src/statistics/means.js';
import { holm, pairedP } from '../../../src/statistics/p-values.js';
import { fidIdentity } from '../../base/identity.js';
import { arm, compared, evaluated, trained } from './rig.js';

const metric = 'quality.fid';
const values = { base: [30, 31, 32], penalty: [33, 34.2, 35], spectral: [29, 30.5, 30] };
const inputs = async () =>
  (await Promise.all(Object.entries(values).map(([name, of]) => arm(name, of)))).flat();

describe('a comparison', () => {
  it('has the mean over seeds at each place, and its difference from one of them in pairs', async () => {
    const { event } = await compared({ metrics: [metric], versus: { arm: 'base' } }, await inputs());
    const pairs = (name: 'penalty' | 'spectral') =>
      values[name].map((value, seed) => [value, values.base[seed] ?? 0] as const);
    const ps = holm([pairedP(pairs('penalty')) ?? 2, pairedP(pairs('spectral')) ?? 2]);
    expect(event).toEqual({
      type: 'comparison',
      confidence: 0.95,
      columns: [{ metric, better: 'lower' }],
      versus: { arm: 'base' },
      rows: [
        { place: { arm: 'base' }, cells: [{ estimate: meanOf(values.base, 0.95) }] },
        ...(['penalty', 'spectral'] as const).map((name, index) => ({
          place: { arm: name },
          cells: [
            {
              estimate: meanOf(values[name], 0.95),
              difference: pairedDifference(pairs(name), 0.95),
              p: ps[index],
            },
          ],
        })),
      ],
    });
    // Adjusted: the smaller one counts twice.
    expect(ps[0]).toBe(Math.min(1, 2 * (pairedP(pairs('penalty')) ?? 2)));
  });

  it('puts the best first, and what has no value last', async () => {
    const lacking = await arm('gone', [20, 'train@arm=gone,seed=1 diverged', 20]);
    const { event } = await compared({ metrics: [metric], rank_by: metric }, [
      ...lacking,
      ...(await inputs()),
    ]);
    expect(event.rows.map(({ place }) => place['arm'])).toEqual(['spectral', 'base', 'penalty', 'gone']);
    expect(event.rows.at(-1)?.cells).toEqual([
      { lacks: '1 of 3 values are lacking: train@arm=gone,seed=1 diverged' },
    ]);
    const identity = { ...fidIdentity, metric: 'modes_covered' };
    const modes = await Promise.all(
      [5, 8, 7].map((count, index) => evaluated({ clip: index, seed: 0 }, { modes: count }, { identity })),
    );
    const ranked = await compared({ metrics: ['quality.modes'], rank_by: 'quality.modes' }, modes);
    expect(ranked.event.rows.map(({ place }) => place['clip'])).toEqual([1, 2, 0]);
    expect(ranked.event.columns).toEqual([{ metric: 'quality.modes', better: 'higher' }]);
  });

  it('ranks nothing that does not compare', async () => {
    const order = async (rank_by: string, of: Awaited<ReturnType<typeof inputs>>) =>
      (await compared({ metrics: [rank_by], rank_by }, of)).event.rows.map(({ place }) => place['arm']);
    const unlike = await arm('fewer', [1], { identity: { ...fidIdentity, samples: 10 } });
    expect(await order(metric, [...(await inputs()), ...unlike])).toEqual([
      'base',
      'penalty',
      'spectral',
      'fewer',
    ]);
    const critics = await Promise.all(
      [3, 1].map((value, index) => trained({ arm: index, seed: 0 }, [value])),
    );
    expect(await order('train.wasserstein_estimate', critics)).toEqual([0, 1]);
    // Which way is better is known of them all the same.
    const { event } = await compared({ metrics: ['train.wasserstein_estimate'] }, critics);
    expect(event.columns).toEqual([{ metric: 'train.wasserstein_estimate', better: 'lower' }]);
  });

  it('subtracts nothing of unlike things, and says so', async () => {
    const unlike = await arm('fewer', [30, 31, 32], { identity: { ...fidIdentity, samples: 10 } });
    const { event } = await compared({ metrics: [metric], versus: { arm: 'base' } }, [
      ...(await inputs()),
      ...unlike,
    ]);
    expect(event.columns).toEqual([{ metric, better: 'lower', unlike: 'samples' }]);
    expect(event.rows.flatMap(({ cells }) => cells.flatMap(({ difference }) => difference ?? []))).toEqual(
      [],
    );
  });

  it('leaves a cell empty where an arm has no such stage, and takes trainings as they are', async () => {
    const estimates = await Promise.all([1, 2].map((seed) => trained({ arm: 'base', seed }, [seed, seed])));
    const { event } = await compared({ metrics: ['train.wasserstein_estimate', metric] }, [
      ...estimates,
      ...(await arm('other', [3])),
    ]);
    expect(event.rows).toMatchObject([
      { place: { arm: 'base' }, cells: [{ estimate: { value: 1.5, count: 2 } }, {}] },
      { place: { arm: 'other' }, cells: [{}, { estimate: { value: 3, spread: { kind: 'single' } } }] },
    ]);
    expect(event.rows[0]?.cells[1]).toEqual({});
  });

  it('is written to compute with and to be read', async () => {
    const odd = await arm('=1+1,"a|b_c"', [1, 2]);
    const { output } = await compared({ metrics: [metric], versus: { arm: 'base' } }, [
      ...(await arm('base', [1, 3])),
      ...odd,
      ...(await arm('far', [1, Infinity])),
    ]);
    const read = (name: string) => readFile(join(output, name), 'utf8');
    const csv = (await read('table.csv')).split('\n');
    expect(csv[0]).toBe('row,metric,count,mean,low,high,difference,difference_low,difference_high,p');
    expect(csv[1]).toMatch(/^arm=base,quality\.fid,2,2,-10\.7\d+,14\.7\d+,,,,$/);
    expect(csv[2]).toMatch(/^"arm==1\+1,""a\|b_c""",quality\.fid,2,1\.5,/);
    expect(csv[3]).toMatch(/^arm=far,quality\.fid,2,Infinity,Infinity,Infinity,/);
    expect(await read('table.md')).toBe(
      [
        '|  | quality.fid | minus arm=base |',
        '| --- | ---: | ---: |',
        '| arm=base | 2 ± 13 |  |',
        '| arm==1+1,"a\\|b\\_c" | 1.500 ± 6.4 | -0.5000 ± 6.4 |',
        '| arm=far | Infinity | Infinity |',
        '',
      ].join('\n'),
    );
    const tex = await read('table.tex');
    expect(tex).toContain('arm==1+1,"a\\textbar{}b\\_c" & 1.500 $\\pm$ 6.4 & $-$0.5000 $\\pm$ 6.4 \\\\');
    expect(tex).toContain('\\begin{tabular}{lrr}\n\\toprule\n');
    const { rows } = JSON.parse(await read('table.json')) as { rows: { cells: unknown[] }[] };
    expect(rows[2]?.cells).toMatchObject([{ estimate: { value: 'Infinity' } }]);
  });
});

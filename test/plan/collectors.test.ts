import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { required } from '../../src/base/invariant.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { planExperiments } from '../../src/plan/plan.js';
import type { PlannedStage } from '../../src/plan/types.js';
import { axesName } from '../../src/resolve/axes.js';
import { basePipeline, changed, type Tree } from '../resolve/base-pipeline.js';
import { resolveText, sourceOf } from '../resolve/support.js';
import { world } from './support.js';

const base = parse(basePipeline) as Tree;

async function planOf(changes: Tree): Promise<readonly PlannedStage[]> {
  const resolved = resolveText(sourceOf(changed(base, changes)));
  if (!resolved.ok) throw new Error(renderDiagnostics(resolved.error));
  const planned = await planExperiments(resolved.value.experiments, world());
  if (!planned.ok) throw new Error(renderDiagnostics(planned.error));
  return planned.value.plan.stages;
}

function stageOf(stages: readonly PlannedStage[], id: string): PlannedStage {
  return required(
    stages.find((stage) => stage.id === id),
    id,
  );
}

const named = (stages: readonly PlannedStage[], name: string) =>
  stages.filter(({ id }) => id.split('@')[0] === name);

const table = (fields: Tree): Tree => ({ type: 'compare', metrics: ['quality.swd'], ...fields });
const arms = { tight: { 'stages.train.clip': 0.01 }, wide: { 'stages.train.clip': 0.2 } };

describe('a stage that collects axes', () => {
  it('is one for all variants along them, and reads each of these at its place', async () => {
    const stages = await planOf({
      seeds: [0, 1],
      ablation: { arms },
      stages: { table: table({ across: ['arm', 'seed'], versus: { arm: 'base' } }) },
    });
    expect(stageOf(stages, 'table').inputs).toEqual(
      ['base', 'tight', 'wide'].flatMap((arm) =>
        [0, 1].map((seed) => ({
          role: 'collected',
          cell: { arm, seed },
          stage: `quality@arm=${arm},seed=${seed}`,
        })),
      ),
    );
  });

  it('is another for each place on the axes that it leaves', async () => {
    const stages = await planOf({
      seeds: [0, 1],
      matrix: { axes: { clip: [0.1, 0.2] } },
      stages: { train: { clip: '${matrix.clip}' }, table: table({ across: ['seed'] }) },
    });
    expect(named(stages, 'table').map(({ id, inputs }) => [id, inputs.map(({ stage }) => stage)])).toEqual([
      ['table@clip=0.1', ['quality@clip=0.1,seed=0', 'quality@clip=0.1,seed=1']],
      ['table@clip=0.2', ['quality@clip=0.2,seed=0', 'quality@clip=0.2,seed=1']],
    ]);
  });

  it('takes `matrix` for all that are neither arms nor seeds', async () => {
    const stages = await planOf({
      seeds: [0, 1],
      matrix: { axes: { clip: [0.1, 0.2], n: [1, 5] } },
      stages: {
        train: { clip: '${matrix.clip}', critic_iterations: '${matrix.n}' },
        table: table({ across: ['matrix'] }),
      },
    });
    expect(named(stages, 'table').map(({ id, inputs }) => [id, inputs.length])).toEqual([
      ['table@seed=0', 4],
      ['table@seed=1', 4],
    ]);
  });

  it('reads a stage that no axis touches once for each place, and the same one', async () => {
    const stages = await planOf({
      seeds: [0, 1],
      stages: {
        train: { seed: 7 },
        quality: { seed: 7 },
        other: { type: 'sample', model: 'train', count: 1 },
        table: table({ across: ['seed'] }),
      },
    });
    expect(stageOf(stages, 'table').inputs.map(({ stage, cell }) => [stage, cell])).toEqual([
      ['quality', { seed: 0 }],
      ['quality', { seed: 1 }],
    ]);
  });

  it('passes by what an arm has taken out', async () => {
    const stages = await planOf({
      ablation: { arms: { ...arms, bare: { remove: ['stages.quality'], '+stages.train.desc': 'bare' } } },
      stages: {
        picture: { type: 'sample', model: 'train', count: 1 },
        page: { type: 'report', show: ['picture'], across: ['arm'] },
      },
    });
    expect(stageOf(stages, 'page').inputs).toHaveLength(4);
  });

  it('may itself be read', async () => {
    const stages = await planOf({
      seeds: [0, 1],
      stages: {
        table: table({ across: ['seed'] }),
        page: { type: 'report', show: ['table', 'quality'], across: ['seed'] },
      },
    });
    const ids = stages.map(({ id }) => id);
    expect(stageOf(stages, 'page').inputs.map(({ stage }) => stage)).toEqual([
      'table',
      'quality@seed=0',
      'table',
      'quality@seed=1',
    ]);
    expect(ids.indexOf('page' as never)).toBeGreaterThan(ids.indexOf('table' as never));
  });

  it('waits in every variant for what it needs', async () => {
    const stages = await planOf({
      seeds: [0, 1],
      stages: {
        picture: { type: 'sample', model: 'train', count: 1 },
        table: table({ across: ['seed'], needs: ['picture'] }),
      },
    });
    expect(stageOf(stages, 'table').after).toEqual(['picture@seed=0', 'picture@seed=1']);
  });

  it('has a key that the order of its seeds and arms does not change, and its values do', async () => {
    const keyOf = async (seeds: readonly number[], order: readonly (keyof typeof arms)[]) => {
      const ablation = { arms: Object.fromEntries(order.map((arm) => [arm, arms[arm]])) };
      const stages = await planOf({
        seeds,
        ablation,
        stages: { table: table({ across: ['arm', 'seed'] }) },
      });
      return stageOf(stages, 'table').key;
    };
    const key = await keyOf([0, 1], ['tight', 'wide']);
    expect(await keyOf([1, 0], ['wide', 'tight'])).toBe(key);
    expect(await keyOf([0, 2], ['tight', 'wide'])).not.toBe(key);
    expect(await keyOf([0, 1], ['tight'])).not.toBe(key);
  });

  it('reads every variant exactly once, whatever it collects', async () => {
    const axes = fc.uniqueArray(fc.constantFrom('arm', 'seed', 'clip', 'n'), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(axes, fc.integer({ min: 1, max: 3 }), async (across, count) => {
        const stages = await planOf({
          seeds: Array.from({ length: count + 1 }, (_, seed) => seed),
          matrix: { axes: { clip: [0.1, 0.2], n: [1, 5] } },
          ablation: { arms: { big: { 'stages.train.batch_size': 256 } } },
          stages: {
            train: { clip: '${matrix.clip}', critic_iterations: '${matrix.n}' },
            table: table({ across }),
          },
        });
        const read = named(stages, 'table').flatMap(({ inputs }) => inputs.map(({ stage }) => stage));
        expect(read.toSorted()).toEqual(
          named(stages, 'quality')
            .map(({ id }) => id)
            .toSorted(),
        );
        for (const { axes: own = {}, inputs } of named(stages, 'table')) {
          for (const { stage, cell = {} } of inputs) {
            const place = axesName(stageOf(stages, stage).axes ?? {}).split(',');
            expect(place.toSorted()).toEqual(
              axesName({ ...own, ...cell })
                .split(',')
                .toSorted(),
            );
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { required } from '../../src/base/invariant.js';
import { err } from '../../src/base/result.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { planExperiment, planExperiments } from '../../src/plan/plan.js';
import { StageAxes } from '../../src/resolve/stage-axes.js';
import type { Plan } from '../../src/plan/types.js';
import { axesName, type Axes } from '../../src/resolve/axes.js';
import type { Experiment } from '../../src/resolve/experiment.js';
import { basePipeline, changed, type Tree } from '../resolve/base-pipeline.js';
import { resolveText, sourceOf } from '../resolve/support.js';
import { world } from './support.js';

const base = parse(basePipeline) as Tree;

function experimentsOf(changes: Tree): readonly Experiment[] {
  const resolved = resolveText(sourceOf(changed(base, changes)));
  if (!resolved.ok) throw new Error(renderDiagnostics(resolved.error));
  return resolved.value.experiments;
}

async function planOf(changes: Tree): Promise<Plan> {
  const planned = await planExperiments(experimentsOf(changes), world());
  if (!planned.ok) throw new Error(renderDiagnostics(planned.error));
  return planned.value.plan;
}

const idsOf = async (changes: Tree) => (await planOf(changes)).stages.map(({ id }) => id);

describe('the plan of a file with axes', () => {
  it('has each stage once for each value of the axes that make a difference to it', async () => {
    const changes = {
      seeds: [0, 1],
      matrix: { axes: { clip: [0.1, 0.2], samples: [10, 20] } },
      stages: {
        train: { clip: '${matrix.clip}', seed: 7 },
        quality: { samples: '${matrix.samples}' },
        picture: { type: 'sample', model: 'train', count: 4, seed: 0 },
      },
    };
    const plan = await planOf(changes);
    expect(plan.axes).toEqual({ clip: [0.1, 0.2], samples: [10, 20], seed: [0, 1] });
    expect(plan.stages.map(({ id, axes }) => [id, axes])).toEqual([
      ['dataset:ring', undefined],
      ['train@clip=0.1', { clip: 0.1 }],
      ['train@clip=0.2', { clip: 0.2 }],
      ...[0.1, 0.2].flatMap((clip) =>
        [10, 20].flatMap((samples) =>
          [0, 1].map((seed) => [
            `quality@clip=${clip},samples=${samples},seed=${seed}`,
            { clip, samples, seed },
          ]),
        ),
      ),
      ['picture@clip=0.1', { clip: 0.1 }],
      ['picture@clip=0.2', { clip: 0.2 }],
    ]);
    const picture = plan.stages.find(({ id }) => id === 'picture@clip=0.2');
    expect(picture?.inputs).toEqual([{ role: 'model', stage: 'train@clip=0.2' }]);
  });

  it('is that of a plain file where no axis makes a difference', async () => {
    expect(await idsOf({ seeds: [4] })).toEqual(['dataset:ring', 'train', 'quality']);
    const plain = await planOf({ seed: 4 });
    expect((await planOf({ seeds: [4] })).stages).toEqual(plain.stages);
  });

  it('shares between arms what an arm leaves as it is, under the name of the first', async () => {
    const ablation = {
      arms: { more: { 'stages.quality.samples': 9 }, tight: { 'stages.train.clip': 0.01 } },
    };
    expect(await idsOf({ ablation })).toEqual([
      'dataset:ring',
      'train@arm=base',
      'train@arm=tight',
      'quality@arm=base',
      'quality@arm=more',
      'quality@arm=tight',
    ]);
  });

  it('names axes that go together by all of them', async () => {
    const ids = await idsOf({
      matrix: { axes: { clip: [0.1, 0.2], batch: [32, 64] }, zip: [['clip', 'batch']] },
      stages: { train: { clip: '${matrix.clip}', batch_size: '${matrix.batch}' } },
    });
    expect(ids.slice(1, 3)).toEqual(['train@clip=0.1,batch=32', 'train@clip=0.2,batch=64']);
  });

  it('varies datasets and what reads them', async () => {
    const ids = await idsOf({
      matrix: { axes: { modes: [4, 8] } },
      datasets: { ring: { modes: '${matrix.modes}' } },
    });
    expect(ids.slice(0, 3)).toEqual(['dataset:ring@modes=4', 'dataset:ring@modes=8', 'train@modes=4']);
  });

  it('waits for every cell of a stage that is needed', async () => {
    const changes = {
      seeds: [0, 1],
      stages: {
        picture: { type: 'sample', model: 'other', count: 4, seed: 0, needs: ['train'] },
        other: { ...(base['stages'] as { train: Tree }).train, seed: 0 },
      },
    };
    const { stages } = await planOf(changes);
    const picture = required(
      stages.find(({ id }) => id === 'picture'),
      'picture',
    );
    expect(picture.after).toEqual(['train@seed=0', 'train@seed=1']);
    expect(stages.findIndex(({ id }) => id === 'train@seed=1')).toBeLessThan(stages.indexOf(picture));
  });

  it('refuses contrary orders of equal stages', async () => {
    const changes = {
      stages: {
        a: { type: 'sample', model: 'train', count: 4 },
        b: { type: 'sample', model: 'train', count: 5, needs: ['a'] },
      },
      ablation: { arms: { other: { 'stages.a.needs': ['b'], remove: ['stages.b.needs'] } } },
    };
    const planned = await planExperiments(experimentsOf(changes), world());
    expect(planned.ok ? [] : planned.error.map(({ code }) => code)).toEqual(['stage-cycle']);
  });

  it('tells of an unreadable file once', async () => {
    const changes = {
      seeds: [0, 1, 2],
      datasets: { digits: { type: 'idx', images: 'nothing.gz', splits: { train: 200 } } },
      stages: { train: { dataset: 'digits.train' }, quality: { reference: 'digits.train' } },
    };
    const missing = world({ digestSource: () => Promise.resolve(err({ reason: 'missing', detail: '' })) });
    const planned = await planExperiments(
      experimentsOf({ ...changes, datasets: { ...changes.datasets, ring: undefined } }),
      missing,
    );
    expect(planned.ok ? [] : planned.error.map(({ message }) => message)).toEqual([
      'there is no file /project/pipelines/nothing.gz',
    ]);
  });

  it('has the keys that each variant has by itself', async () => {
    const experiments = experimentsOf({
      seeds: [0, 1],
      ablation: {
        arms: { tight: { 'stages.train.clip': 0.01 }, wide: { 'architectures.critic.hidden': [9] } },
      },
    });
    const { stages } = await planOf({
      seeds: [0, 1],
      ablation: {
        arms: { tight: { 'stages.train.clip': 0.01 }, wide: { 'architectures.critic.hidden': [9] } },
      },
    });
    const alone = new Set<string>();
    for (const experiment of experiments) {
      const plan = await planExperiment(experiment, world());
      if (plan.ok) for (const { id, key } of plan.value.stages) alone.add(`${id} ${key}`);
    }
    const together = new Set(stages.map(({ id, key }) => `${id.split('@')[0] ?? ''} ${key}`));
    expect(together).toEqual(alone);
  });
});

describe('the axes that matter to a stage', () => {
  it('are those that its value is computed from, on a full grid', () => {
    const axis = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.uniqueArray(axis), fc.integer({ min: 2, max: 4 }), (used, size) => {
        const values = Array.from({ length: size }, (_, index) => index);
        const grid = values.flatMap((a) => values.flatMap((b) => values.map((c): Axes => ({ a, b, c }))));
        const stages = grid.map((axes) =>
          axesName(Object.fromEntries(used.map((name) => [name, axes[name] ?? 0]))),
        );
        const matter = new StageAxes(grid).thatMatter([...grid.keys()], stages);
        expect(matter).toEqual(used.toSorted());
      }),
    );
  });

  it('always tell the stage, on any set of variants', () => {
    const point = fc.record({ a: fc.nat(3), b: fc.nat(3), c: fc.nat(3), stage: fc.nat(4) });
    const points = fc.uniqueArray(point, { selector: ({ a, b, c }) => `${a} ${b} ${c}`, minLength: 1 });
    fc.assert(
      fc.property(points, (variants) => {
        const matter = new StageAxes(variants.map(({ a, b, c }) => ({ a, b, c }))).thatMatter(
          [...variants.keys()],
          variants.map(({ stage }) => stage),
        );
        const places = new Map<string, number>();
        for (const { stage, ...axes } of variants) {
          const place = Object.entries(axes)
            .filter(([name]) => matter.includes(name))
            .join();
          expect(places.get(place) ?? stage).toBe(stage);
          places.set(place, stage);
        }
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';

import { digestBytes } from '../../src/base/digest.js';
import { required } from '../../src/base/invariant.js';
import { ok } from '../../src/base/result.js';
import type { Cause } from '../../src/plan/causes.js';
import type { CodeParts } from '../../src/plan/code-parts.js';
import { Explainer, type Explanation, type Found, type PastRun } from '../../src/plan/explain.js';
import { parsePastPlan } from '../../src/plan/past-plan.js';
import { PastStages } from '../../src/plan/past-stages.js';
import { planRecord, planRecordText } from '../../src/plan/plan-record.js';
import type { PlannedExperiments } from '../../src/plan/plan.js';
import type { PlanningWorld } from '../../src/plan/world.js';
import type { PipelineSpec } from '../../src/spec/pipeline.js';
import { code, plannedOf, specification, world } from './support.js';

/** As a run writes it and a later plan reads it. */
function ran(run: string, planned: PlannedExperiments, parts: CodeParts = code): PastRun {
  const past = required(parsePastPlan(planRecordText(planRecord(planned, parts))), 'the record');
  return { run, stages: new PastStages(past) };
}

const before = await plannedOf(specification());

interface Question {
  readonly spec?: PipelineSpec;
  readonly world?: PlanningWorld;
  readonly code?: CodeParts;
  readonly past?: readonly PastRun[];
  readonly found?: Found;
  readonly force?: boolean;
}

/** Why a stage is to run now, after a run of `specification()`. */
async function explained(id: string, question: Question = {}): Promise<Explanation> {
  const planned = await plannedOf(question.spec ?? specification(), question.world);
  const explainer = new Explainer(planned, question.code ?? code, question.past ?? [ran('first', before)]);
  const stage = required(
    planned.plan.stages.find((each) => each.id === id),
    id,
  );
  return explainer.explain(stage, question.found ?? { state: 'miss' }, question.force ?? false);
}

async function causes(id: string, question?: Question): Promise<readonly Cause[]> {
  return (await explained(id, question)).causes;
}

function withStage(name: string, fields: object): PipelineSpec {
  const spec = specification();
  return { ...spec, stages: { ...spec.stages, [name]: { ...required(spec.stages[name], name), ...fields } } };
}

describe('a stage is to run because', () => {
  it('a field is another', async () => {
    const lipschitz = { type: 'clip', range: [-0.01, 0.03], layers: {}, when: 'after_step' };
    expect(
      await causes('train', {
        spec: withStage('train', { lipschitz, resources: { threads: 4, gpu: 0, samples: 'auto' } }),
      }),
    ).toEqual([
      { type: 'field', change: 'changed', path: ['lipschitz', 'range', 1], before: 0.01, after: 0.03 },
      { type: 'field', change: 'changed', path: ['threads'], before: 2, after: 4 },
    ]);
  });

  it('a field is new, or gone', async () => {
    const snapshots = { every: { generator_steps: 10 }, samples: 64 };
    const spec = withStage('train', { snapshots });
    expect(await causes('train', { spec })).toEqual([
      { type: 'field', change: 'added', path: ['snapshots'], after: snapshots },
    ]);
    const past = [ran('first', await plannedOf(spec))];
    expect(await causes('train', { past })).toEqual([
      { type: 'field', change: 'removed', path: ['snapshots'], before: snapshots },
    ]);
  });

  it('a network is another, whatever it is called', async () => {
    const spec = specification();
    const critic = { type: 'dcgan_critic', ndf: 8, norm: 'batch' } as const;
    const renamed: PipelineSpec = {
      ...withStage('train', { critic: 'narrow' }),
      architectures: { ...spec.architectures, narrow: critic },
    };
    expect(await causes('train', { spec: renamed })).toEqual([
      { type: 'field', change: 'changed', path: ['critic', 'ndf'], before: 16, after: 8 },
    ]);
  });

  it('data is another, wherever it lies', async () => {
    const edited = world({
      digestSource: ({ field, path }) =>
        Promise.resolve(ok(digestBytes(field[0] === 'labels' ? 'new labels' : `content of ${path}`))),
    });
    expect(await causes('dataset:mnist', { world: edited })).toEqual([
      {
        type: 'data',
        field: ['labels'],
        before: digestBytes('content of /data/labels.gz'),
        after: digestBytes('new labels'),
      },
    ]);
  });

  it('an input is another, down to the root', async () => {
    const spec = specification();
    const mnist = { ...required(spec.datasets['mnist'], 'mnist'), seed: 7 };
    const planned = await plannedOf({ ...spec, datasets: { ...spec.datasets, mnist } });
    const explainer = new Explainer(planned, code, [ran('first', before)]);
    const train = required(planned.plan.stages[1], 'train');
    const { causes: found, compared } = explainer.explain(train, { state: 'miss' }, false);
    const [input] = found;
    expect(found).toHaveLength(1);
    if (input?.type !== 'input' || input.change !== 'changed' || !compared) throw new Error('no input');
    expect([input.after.role, input.after.stage, input.after.split]).toEqual([
      'dataset',
      'dataset:mnist',
      'train',
    ]);
    expect(explainer.follow(input, compared)).toEqual([
      { type: 'field', change: 'changed', path: ['seed'], before: 0, after: 7 },
    ]);
  });

  it('it reads another split', async () => {
    const spec = withStage('quality', { reference: 'mnist.train' });
    expect(await causes('quality', { spec })).toMatchObject([
      { type: 'input', change: 'other', before: { split: 'test' }, after: { split: 'train' } },
    ]);
  });

  it('its code is another, by the names of the parts', async () => {
    const implementations = { ...world().implementations, train: digestBytes('other train code') };
    const parts = { ...code.parts, 'train.js': digestBytes('other'), tfjs: '4.23.0' };
    const question = { world: world({ implementations }), code: { ...code, parts } };
    expect(await causes('train', question)).toEqual([
      {
        type: 'code',
        parts: [
          { part: 'train.js', before: digestBytes('train'), after: digestBytes('other') },
          { part: 'tfjs', before: '4.22.0', after: '4.23.0' },
        ],
      },
    ]);
  });

  it('the backend is another, or another version', async () => {
    const other = { backend: 'cpu', backendVersion: '4.22.0' } as const;
    const found = await causes('train', { world: world(other) });
    expect(found).toEqual([
      {
        type: 'backend',
        before: { name: 'native', version: '2.21.0' },
        after: { name: 'cpu', version: '4.22.0' },
      },
    ]);
  });

  it('it never ran', async () => {
    expect(await explained('train', { past: [] })).toEqual({ causes: [{ type: 'never_ran' }] });
    const { quality, ...stages } = specification().stages;
    const others = await plannedOf({
      ...specification(),
      stages: { ...stages, samples: { ...required(stages['samples'], 'samples'), needs: [] } },
    });
    expect(await causes('quality', { past: [ran('first', others)] })).toEqual([{ type: 'never_ran' }]);
  });

  it('its result is gone, was never finished, or is damaged', async () => {
    expect(await causes('train')).toEqual([{ type: 'absent' }]);
    const first = ran('first', before);
    const { key } = required(before.plan.stages[1], 'train');
    expect(await causes('train', { past: [{ ...first, finished: new Set([key]) }] })).toEqual([
      { type: 'absent', finished: true },
    ]);
    expect(await causes('train', { past: [{ ...first, finished: new Set() }] })).toEqual([
      { type: 'absent', finished: false },
    ]);
    const found = { state: 'damaged', reason: 'a file is missing' } as const;
    expect(await causes('train', { found })).toEqual([{ type: 'damaged', reason: found.reason }]);
  });

  it('it is forced', async () => {
    const found = { state: 'hit' } as const;
    expect(await causes('train', { found })).toEqual([]);
    expect(await causes('train', { found, force: true })).toEqual([{ type: 'forced' }]);
  });
});

describe('a stage is compared', () => {
  it('with itself in the newest run that has it', async () => {
    const middle = ran('second', await plannedOf(withStage('train', { batch_size: 32 })));
    const { stages } = specification();
    const newest = ran(
      'third',
      await plannedOf({ ...specification(), stages: { train: required(stages['train'], 'train') } }),
    );
    const past = [newest, middle, ran('first', before)];
    const train = await explained('train', { spec: withStage('train', { batch_size: 16 }), past });
    expect([train.compared?.run.run, train.causes]).toMatchObject(['third', [{ before: 64, after: 16 }]]);
    const samples = await explained('samples', { spec: withStage('samples', { count: 9 }), past });
    expect(samples.compared?.run.run).toBe('second');
  });

  it('with nothing of another kind', async () => {
    const { stages } = specification();
    const train = required(stages['train'], 'train');
    const past = [ran('first', await plannedOf({ ...specification(), stages: { quality: train } }))];
    expect(await causes('quality', { past })).toEqual([{ type: 'never_ran' }]);
  });
});

describe('what does not count is no cause:', () => {
  it.each([
    ['names and descriptions', { ...specification(), name: 'other', desc: 'Other.' }],
    ['where data lies', moved()],
  ])('%s', async (_what, spec) => {
    const same = world({ digestSource: ({ field }) => Promise.resolve(ok(digestBytes(String(field[0])))) });
    const past = [ran('first', await plannedOf(specification(), same))];
    for (const { id } of before.plan.stages) {
      expect(await causes(id, { spec, world: same, past })).toEqual([{ type: 'absent' }]);
    }
  });
});

function moved(): PipelineSpec {
  const spec = specification();
  const mnist = { ...required(spec.datasets['mnist'], 'mnist'), images: '/else/i.gz', labels: '/else/l.gz' };
  return { ...spec, datasets: { ...spec.datasets, mnist } };
}

describe('a stage without a cache', () => {
  const hit: Found = { state: 'hit' };
  const spec = withStage('train', { cache: false });

  it('runs every time, and so does what reads from it, through others too', async () => {
    expect(await causes('train', { spec, found: hit })).toEqual([{ type: 'always' }]);
    for (const reader of ['quality', 'samples']) {
      expect(await causes(reader, { spec, found: hit })).toMatchObject([
        { type: 'input', change: 'changed', after: { stage: 'train' } },
      ]);
    }
  });

  it('does not touch what it reads, nor what only comes after it', async () => {
    expect(await causes('dataset:mnist', { spec, found: hit })).toEqual([]);
    // `samples` comes after `quality`, and reads nothing of it.
    const other = withStage('quality', { cache: false });
    expect(await causes('samples', { spec: other, found: hit })).toEqual([]);
  });

  it('that never ran says so', async () => {
    expect(await causes('train', { spec, past: [] })).toEqual([{ type: 'never_ran' }]);
  });
});

import { describe, expect, it } from 'vitest';

import { digestBytes } from '../../src/base/digest.js';
import { required } from '../../src/base/invariant.js';
import { err, ok } from '../../src/base/result.js';
import { jobOf } from '../../src/execute/stage-work.js';
import { planExperiment } from '../../src/plan/plan.js';
import type { Plan, PlannedStage, RunnablePlan, RunnableStage } from '../../src/plan/types.js';
import type { PlanningWorld } from '../../src/plan/world.js';
import type { PositionedMap } from '../../src/source/document.js';
import type { ExtractorStage } from '../../src/spec/extractor-stage.js';
import type { PipelineSpec } from '../../src/spec/pipeline.js';
import { policy, specification, world } from './support.js';

const source = { name: 'p.yaml', path: '/p.yaml', text: '' };
const origins: PositionedMap = { kind: 'map', entries: [], range: { source, start: 0, end: 0 } };

async function plan(spec: PipelineSpec, surroundings: PlanningWorld = world()): Promise<Plan> {
  const result = await planExperiment({ axes: {}, spec, displaySpec: spec, origins }, surroundings);
  if (!result.ok) throw new Error(result.error.map((problem) => problem.message).join('\n'));
  return result.value;
}

/** Stage names whose keys differ between two plans. */
function changed(before: Plan, after: Plan): readonly string[] {
  const keys = new Map(before.stages.map((stage) => [stage.id, stage.key]));
  return after.stages.filter((stage) => keys.get(stage.id) !== stage.key).map((stage) => stage.id);
}

/** The specification with one stage's fields replaced. */
function withStage(name: string, fields: object): PipelineSpec {
  const spec = specification();
  const stage = required(spec.stages[name], name);
  return { ...spec, stages: { ...spec.stages, [name]: { ...stage, ...fields } } };
}

describe('the order of stages', () => {
  it('puts each stage after what it reads and what it needs', async () => {
    const { stages } = await plan(specification());
    expect(stages.map((stage) => stage.id)).toEqual(['dataset:mnist', 'train', 'quality', 'samples']);
  });

  it('leaves out datasets that no stage reads', async () => {
    const { stages } = await plan(specification());
    expect(stages.map((stage) => stage.id)).not.toContain('dataset:unread');
  });
});

describe('what a stage receives', () => {
  it('has networks in place of their names, and no labels', async () => {
    const { stages } = await plan(specification());
    const train = required(
      stages.find((stage) => stage.kind === 'train'),
      'train',
    );
    expect(train.fields).toMatchObject({ generator: { type: 'dcgan_generator' }, critic: { ndf: 16 } });
    for (const label of ['type', 'desc', 'needs', 'dataset']) expect(train.fields).not.toHaveProperty(label);
    expect(train.inputs).toEqual([{ role: 'dataset', stage: 'dataset:mnist', split: 'train' }]);
  });
});

const inception: ExtractorStage = {
  type: 'extractor',
  ...policy,
  resources: { threads: 2, gpu: 0 },
  network: { type: 'saved_model', path: '/models/inception', signature: 'serving_default' },
  features: 'pool_3',
  round: 'uint8',
  grey: 'refuse',
  size: 299,
  resize: 'tf1_bilinear',
  mean: [128],
  std: [128],
  layout: 'nhwc',
  batch_size: 32,
};

describe('the key of a stage', () => {
  it('is the same for the same specification', async () => {
    expect(changed(await plan(specification()), await plan(specification()))).toEqual([]);
  });

  it.each([
    ['names of the pipeline', { ...specification(), name: 'other', desc: 'Other words.' }],
    ['descriptions and order-only edges of stages', withStage('train', { desc: 'new', needs: [] })],
    ['where the data lies', moved(specification())],
    ['the order of keys', reversedKeys(specification())],
  ])('does not depend on %s', async (_what, spec) => {
    const content = world({ digestSource: () => Promise.resolve(ok(digestBytes('same bytes'))) });
    expect(changed(await plan(specification(), content), await plan(spec, content))).toEqual([]);
  });

  it('changes for the stage whose field changed and for all that read it', async () => {
    const before = await plan(specification());
    const after = await plan(withStage('train', { batch_size: 32 }));
    expect(changed(before, after)).toEqual(['train', 'quality', 'samples']);
    expect(changed(before, await plan(withStage('samples', { count: 65 })))).toEqual(['samples']);
    expect(
      changed(before, await plan(withStage('train', { resources: { threads: 1, gpu: 0, samples: 'auto' } }))),
    ).toEqual(['train', 'quality', 'samples']);
  });

  it('does not change with where samples are kept, which is said to the worker', async () => {
    const before = await plan(specification());
    const after = await plan(withStage('train', { resources: { threads: 2, gpu: 0, samples: 'disk' } }));
    expect(changed(before, after)).toEqual([]);
    const policies = (of: typeof before) => of.stages.find(({ id }) => id === 'train')?.policy;
    expect(policies(before)).toBeUndefined();
    expect(policies(after)).toEqual({ always: false, retries: 0, gpu: 0, samples: 'disk' });
    const job = (stage: PlannedStage | undefined) =>
      jobOf(
        stage as RunnableStage,
        [{ directory: '/data' }],
        { output: '/out', checkpoint: { folder: '/points', interval: { steps: 1 } } },
        before as RunnablePlan,
      );
    expect(job(before.stages.find(({ id }) => id === 'train')).samples).toBeUndefined();
    expect(job(after.stages.find(({ id }) => id === 'train')).samples).toBe('disk');
  });

  it('changes when a parameter is removed', async () => {
    const before = await plan(
      withStage('train', { snapshots: { every: { generator_steps: 100 }, samples: 64 } }),
    );
    expect(changed(before, await plan(specification()))).toContain('train');
  });

  it('changes when an architecture changes', async () => {
    const spec = specification();
    const critic = { type: 'dcgan_critic', ndf: 8, norm: 'batch' } as const;
    const after = await plan({ ...spec, architectures: { ...spec.architectures, critic } });
    expect(changed(await plan(spec), after)).toEqual(['train', 'quality', 'samples']);
  });

  it('changes when another split of the same dataset is read', async () => {
    const after = await plan(withStage('quality', { reference: 'mnist.train' }));
    expect(changed(await plan(specification()), after)).toEqual(['quality']);
  });

  it('changes when the content of a data file changes', async () => {
    const edited = world({
      digestSource: ({ path }) => Promise.resolve(ok(digestBytes(path.includes('labels') ? 'new' : path))),
    });
    const other = world({ digestSource: ({ path }) => Promise.resolve(ok(digestBytes(path))) });
    expect(changed(await plan(specification(), other), await plan(specification(), edited))).toHaveLength(4);
  });

  it('changes with the content of a network of the user’s, and not with where it lies', async () => {
    const spec = specification();
    const using = (path: string, fields: Partial<ExtractorStage> = {}) => ({
      ...spec,
      stages: {
        ...spec.stages,
        inception: { ...inception, network: { ...inception.network, path }, ...fields },
      },
    });
    const [one, other] = ['old bytes', 'new bytes'].map((bytes) =>
      world({
        digestSource: ({ kind, path }) => Promise.resolve(ok(digestBytes(kind === 'folder' ? bytes : path))),
      }),
    );
    const before = await plan(using('/models/inception'), one);
    expect(changed(before, await plan(using('/elsewhere'), one))).toEqual([]);
    expect(changed(before, await plan(using('/models/inception'), other))).toEqual(['inception']);
    expect(changed(before, await plan(using('/models/inception', { size: 75 }), one))).toEqual(['inception']);
  });

  it('changes when the code of its kind changes', async () => {
    const implementations = { ...world().implementations, evaluate: digestBytes('edited') };
    const after = await plan(specification(), world({ implementations }));
    expect(changed(await plan(specification()), after)).toEqual(['quality']);
  });

  it('changes with the backend and its version for all but datasets', async () => {
    const before = await plan(specification());
    const computed = ['train', 'quality', 'samples'];
    expect(changed(before, await plan(specification(), world({ backend: 'cpu' })))).toEqual(computed);
    expect(changed(before, await plan(specification(), world({ backendVersion: '2.22.0' })))).toEqual(
      computed,
    );
  });
});

describe('data that cannot be read', () => {
  it('is reported for every file at once', async () => {
    const missing = world({
      digestSource: () => Promise.resolve(err({ reason: 'missing', detail: 'ENOENT' } as const)),
    });
    const spec = specification();
    const result = await planExperiment({ axes: {}, spec, displaySpec: spec, origins }, missing);
    expect(result.ok ? [] : result.error.map((problem) => problem.message)).toEqual([
      'there is no file /data/images.gz',
      'there is no file /data/labels.gz',
    ]);
  });
});

function moved(spec: PipelineSpec): PipelineSpec {
  const mnist = {
    ...required(spec.datasets['mnist'], 'mnist'),
    images: '/elsewhere/i',
    labels: '/elsewhere/l',
  };
  return { ...spec, datasets: { ...spec.datasets, mnist: mnist } };
}

function reversedKeys<T>(value: T): T {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(
    ([key, member]) => [key, reversedKeys(member as unknown)] as const,
  );
  return Object.fromEntries(entries.reverse()) as T;
}

import { basename, join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fidIdentity } from '../base/identity.js';
import { digestBytes } from '../../src/base/digest.js';
import { required } from '../../src/base/invariant.js';
import { recordOf } from '../../src/execute/record.js';
import { checkedArtifactPath } from '../../src/tracking/mlflow/artifact-client.js';
import { checkedKey } from '../../src/tracking/mlflow/validate.js';
import { trackedExperimentOf } from '../../src/tracking/tracked/experiment.js';
import { keyOf } from '../../src/tracking/tracked/keys.js';
import { paramsOf } from '../../src/tracking/tracked/params.js';
import type { TrackedRun } from '../../src/tracking/tracked/types.js';
import { sampleEvents, type SampleRun, startTime, temporaryFolder } from './support.js';

async function tracked(options: SampleRun = {}): Promise<{ run: TrackedRun; store: string }> {
  const store = await temporaryFolder();
  const experiment = trackedExperimentOf(recordOf(await sampleEvents(store, options)), '/runs/history/one');
  expect(experiment.name).toBe('eight-gaussians');
  return { run: required(experiment.runs[0], 'the run'), store };
}

describe('trackedExperimentOf', () => {
  it('names the run, its times and its outcome', async () => {
    expect((await tracked()).run).toMatchObject({
      id: '20261123T183501Z-3f9a',
      parent: undefined,
      user: 'ada',
      status: 'FINISHED',
      startTime,
      endTime: startTime + 5000,
    });
    expect((await tracked({ train: 'failed' })).run.status).toBe('FAILED');
    expect((await tracked({ train: 'killed' })).run).toMatchObject({ status: 'RUNNING', endTime: undefined });
  });

  it('flattens the specification of all stages but datasets', async () => {
    const params = new Map((await tracked()).run.params.map(({ key, value }) => [key, value]));
    expect(params.get('train.critic_iterations.count')).toBe('5');
    expect(params.get('train.generator.hidden')).toBe('[128,128]');
    expect(params.get('train.lipschitz.range')).toBe('[-0.01,0.01]');
    expect(params.get('train.optimizer.critic.epsilon')).toBe('1e-8');
    expect(params.get('quality.metrics.swd.projections')).toBe('256');
    expect([...params.keys()].filter((key) => key.startsWith('dataset'))).toEqual([]);
  });

  it('keeps every metric, step and time', async () => {
    const metrics = [...(await tracked({ steps: 60 })).run.metrics];
    expect(metrics).toHaveLength(60 * 2 + 2);
    expect(metrics.at(-2)).toEqual({
      key: 'quality/swd',
      value: 0.1 + 0.2,
      step: 60,
      timestamp: startTime + 4100,
    });
    expect(metrics.filter(({ key }) => key === 'train/hard').map(({ step }) => step)).toEqual(
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
  });

  it('names the splits that were read, and what for', async () => {
    const { datasets } = (await tracked()).run;
    expect(datasets.map(({ dataset, tags }) => [dataset.name, dataset.profile, tags?.[0]?.value])).toEqual([
      ['ring.train', '{"num_rows":50000}', 'training'],
      // A tenth of the rest: its number is not in the specification.
      ['ring.test', undefined, 'evaluation'],
    ]);
    expect(new Set(datasets.map(({ dataset }) => dataset.digest)).size).toBe(1);
    expect(datasets[0]?.dataset.digest).toMatch(/^[0-9a-f]{16}$/);
  });

  it('has the last networks as models', async () => {
    const { run, store } = await tracked();
    const at = (path: string) => ({ kind: 'file', file: join(store, 'train', path) });
    expect(run.models).toMatchObject([
      {
        name: 'train-generator',
        step: 60,
        params: expect.arrayContaining([{ key: 'network.hidden', value: '[128,128]' }]) as unknown,
        files: [
          { path: 'model.json', source: at('snapshots/step-000060/generator.json') },
          { path: 'generator.bin', source: at('snapshots/step-000060/generator.bin') },
          { path: 'networks.json', source: at('networks.json') },
        ],
      },
      { name: 'train-critic', step: 60 },
    ]);
  });

  it('has the generator’s average in its place where there is one', async () => {
    const events = await sampleEvents(await temporaryFolder());
    const average = { path: 'snapshots/step-000060/average.json', bytes: 1, digest: digestBytes('a') };
    const averaged = events.map((event) =>
      event.type === 'stage_succeeded' && event.stage === 'train'
        ? { ...event, artifact: { ...event.artifact, files: [...event.artifact.files, average] } }
        : event,
    );
    const [run] = trackedExperimentOf(recordOf(averaged), '/r').runs;
    expect(run?.models.map(({ graph }) => basename(graph))).toEqual(['average.json', 'critic.json']);
  });

  it('shows pictures, the report and a table', async () => {
    const { run } = await tracked();
    const files = new Map(run.artifacts.map(({ path, source }) => [path, source]));
    expect(files.get('report.html')).toEqual({ kind: 'file', file: '/runs/history/one/report.html' });
    const pictures = [...files.keys()].filter((path) => path.startsWith('images/'));
    expect(pictures).toHaveLength(6);
    const form = /^images\/train~samples\+step\+30\+timestamp\+\d+\+[0-9a-f-]{36}(\+compressed)?\.png$/;
    expect(pictures.filter((path) => form.test(path))).toHaveLength(2);
    for (const { path } of run.artifacts) expect(checkedArtifactPath(path)).toBe(path);
    const table = required(files.get('metrics.json'), 'the table');
    expect(table.kind === 'text' && JSON.parse(table.text)).toMatchObject({
      columns: ['stage', 'metric', 'step', 'value'],
      data: [
        ['train', 'wasserstein_estimate', 60, 2 * Math.exp(-3) + 0.05 * Math.sin(60)],
        ['train', 'hard', 60, 0.1 + 0.2],
        ['quality', 'swd', 60, 0.1 + 0.2],
        ['quality', 'modes', 60, 8],
      ],
    });
  });

  it('says what the values of a metric are of, as others compare them', async () => {
    const { tags } = (await tracked()).run;
    const tag = tags.find(({ key }) => key === 'wassermill.metric.quality/swd');
    expect(JSON.parse(tag?.value ?? '')).toEqual(fidIdentity);
  });

  it('says in the note what failed, without breaking the table', async () => {
    const { tags } = (await tracked({ train: 'failed' })).run;
    const note = tags.find(({ key }) => key === 'mlflow.note.content')?.value;
    expect(note?.split('\n')).toEqual([
      'Algorithm 1 of **arXiv 1701.07875** on a ring of eight Gaussians – ε, µ.',
      '',
      '| stage | outcome |',
      '| --- | --- |',
      '| dataset:ring | done in 4.0 s |',
      '| train | **failed**: out \\| of luck |',
      '| quality | not run: train failed |',
    ]);
  });

  it('counts attempts that failed in a tag, and tells the last of each stage in the note', async () => {
    const { tags } = (await tracked({ failedAttempts: 2 })).run;
    const valueOf = (name: string) => tags.find(({ key }) => key === name)?.value;
    expect(valueOf('wassermill.failed_attempts')).toBe('2');
    expect(valueOf('mlflow.note.content')).toContain(
      '| train | done in 4.0 s; after 2 failed attempts, the last one **failed**: attempt 2 \\| of many |',
    );
    const { tags: without } = (await tracked()).run;
    expect(without.filter(({ key }) => key.endsWith('attempts'))).toEqual([]);
  });

  it('has no pictures of a stage that left no artifact', async () => {
    const { artifacts } = (await tracked({ train: 'failed' })).run;
    expect(artifacts.filter(({ path }) => path.startsWith('images/'))).toEqual([]);
  });
});

describe('keyOf', () => {
  it('leaves good keys alone', () => {
    expect(keyOf('train/wasserstein_estimate')).toBe('train/wasserstein_estimate');
    expect(keyOf('qualité/größe 2.5')).toBe('qualité/größe 2.5');
  });

  it('makes a key that MLflow takes of any text', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(text, (name) => {
        expect(checkedKey('key', keyOf(name))).toBe(keyOf(name));
      }),
    );
  });

  it('keeps different texts apart', () => {
    const texts = [
      'a@b',
      'a=b',
      'a//b',
      'a/./b',
      'a/../b',
      '/a',
      'a/',
      `${'x'.repeat(250)}1`,
      `${'x'.repeat(250)}2`,
    ];
    expect(new Set(texts.map(keyOf)).size).toBe(texts.length);
  });
});

describe('paramsOf', () => {
  it('gives lists of maps an index, and leaves out what is too long', () => {
    expect(paramsOf('s', { a: [{ b: 1 }, { b: null }], long: 'x'.repeat(6001), off: false })).toEqual([
      { key: 's.a.0.b', value: '1' },
      { key: 's.a.1.b', value: 'null' },
      { key: 's.off', value: 'false' },
    ]);
  });
});

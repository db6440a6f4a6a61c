import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, expect, it } from 'vitest';

import { decodeNpy } from '../../src/base/npy.js';
import { StageProblem, type StageContext, type StageEvent } from '../../src/execute/contract.js';
import type { StageId } from '../../src/plan/types.js';
import type { RunnableFields } from '../../src/spec/runnable.js';
import { runEvaluate } from '../../src/stages/evaluate.js';
import { readModelManifest } from '../../src/stages/model-artifact.js';
import { runSample } from '../../src/stages/sample.js';
import { likeliest, textOf } from '../../src/stages/texts.js';
import { runTrain } from '../../src/stages/train.js';
import { loadBackend } from '../../src/tensor/backend.js';
import { noCheckpoints } from '../execute/support.js';
import { put, ran, temporaryFolder } from './dataset-rig.js';
import { trainFields } from './training-support.js';

beforeAll(() => loadBackend('native', 2));

const adam = {
  type: 'adam',
  lr: 1e-3,
  beta1: 0.5,
  beta2: 0.9,
  epsilon: 1e-8,
  schedule: { type: 'constant' },
} as const;

/** A dataset of lines of a, b and c, four long; its splits are `train` and `test`. */
async function corpus(letters = 'abc'): Promise<string> {
  const lines = Array.from({ length: 60 }, (_, row) =>
    Array.from({ length: 4 }, (_, at) => letters[(row + at) % letters.length]).join(''),
  );
  const fields: RunnableFields['dataset'] = {
    type: 'text',
    path: await put(await temporaryFolder(), 'corpus.txt', lines.join('\n')),
    tokens: 'character',
    length: 4,
    sequences: 'lines',
    lower_case: false,
    vocabulary: { max: 64, unknown: 'error' },
    seed: 0,
    splits: { train: 40, test: 20 },
  };
  return (await ran(fields)).directory;
}

/** What every stage here is given, and what it told. */
function context(output: string) {
  const events: StageEvent[] = [];
  const common = {
    stage: 'stage' as StageId,
    output,
    backend: 'native',
    now: () => 1000,
    emit: (event: StageEvent) => {
      events.push(event);
    },
    signal: new AbortController().signal,
    checkpoints: noCheckpoints,
  } as const;
  return { events, common };
}

async function trained(dataset: string) {
  const { events, common } = context(await temporaryFolder());
  const fields: StageContext<'train'>['fields'] = {
    ...trainFields,
    generator: { type: 'resnet1d_generator', z_dim: 4, width: 8, blocks: 1, output: 'softmax' },
    critic: { type: 'resnet1d_critic', width: 8, blocks: 1, norm: 'none' },
    lipschitz: { type: 'gradient_penalty', lambda: 10, form: 'two_sided' },
    optimizer: { generator: adam, critic: adam },
    snapshots: { every: { generator_steps: 3 }, samples: 5 },
  };
  const inputs = { dataset: { stage: 'dataset:corpus' as StageId, directory: dataset, split: 'train' } };
  await runTrain({ ...common, fields, inputs });
  return { model: common.output, events };
}

async function evaluated(model: string, reference: string, metrics: RunnableFields['evaluate']['metrics']) {
  const { events, common } = context(await temporaryFolder());
  const split = (name: string) => ({ stage: 'data' as StageId, directory: reference, split: name });
  const inputs = {
    model: { stage: 'train' as StageId, directory: model },
    reference: split('test'),
    'against.copied': split('train'),
  };
  const fields = { at: 'end', weights: 'average', samples: 30, metrics, seed: 0, threads: 2 } as const;
  await runEvaluate({ ...common, fields, inputs });
  return events;
}

it('trains on text, and shows samples as text', async () => {
  const { model, events } = await trained(await corpus());
  const texts = events.filter((event) => event.type === 'text');
  expect(texts.map(({ step, file }) => [step, file])).toEqual([
    [0, 'samples/step-000000.txt'],
    [3, 'samples/step-000003.txt'],
    [5, 'samples/step-000005.txt'],
  ]);
  expect(events.some(({ type }) => type === 'image')).toBe(false);
  expect(await readFile(join(model, 'samples/step-000005.txt'), 'utf8')).toMatch(/^(?:[abc]{4}\n){5}$/);
  expect((await readModelManifest(model)).vocabulary?.tokens.toSorted()).toEqual(['a', 'b', 'c']);
  const metrics = events.flatMap((event) => (event.type === 'metrics' ? Object.values(event.values) : []));
  expect(metrics.every(Number.isFinite)).toBe(true);
});

it('samples text, and the numbers of its tokens', async () => {
  const { model } = await trained(await corpus());
  const { events, common } = context(await temporaryFolder());
  const inputs = { model: { stage: 'train' as StageId, directory: model } };
  await runSample({ ...common, fields: { count: 70, weights: 'average', seed: 1, threads: 2 }, inputs });
  expect(events).toEqual([{ type: 'text', step: 5, timestamp: 1000, name: 'samples', file: 'samples.txt' }]);
  const array = decodeNpy(await readFile(join(common.output, 'samples.npy')));
  if (!array.ok) throw new Error(array.error);
  expect(array.value.shape).toEqual([70, 4]);
  const { vocabulary } = await readModelManifest(model);
  const letters = [...array.value.data].map((token) => vocabulary?.tokens[token]).join('');
  const text = await readFile(join(common.output, 'samples.txt'), 'utf8');
  expect(text.replaceAll('\n', '')).toBe(letters);
});

it('measures text by its n-grams and by copies', async () => {
  const dataset = await corpus();
  const { model } = await trained(dataset);
  const events = await evaluated(model, dataset, {
    js2: { type: 'ngram_js', n: 2 },
    copied: { type: 'nearest_neighbour', space: 'samples', against: 'corpus.train' },
  });
  const measured = events.flatMap((event) => (event.type === 'metrics' ? [event] : []));
  expect(measured.map(({ step }) => step)).toEqual([0, 5]);
  for (const { values } of measured) {
    expect(Object.keys(values)).toEqual(['js2', 'copied', 'copied.of_reference']);
    expect(values['js2']).toBeGreaterThan(0);
    expect(values['js2']).toBeLessThanOrEqual(1);
    // Each of the three lines there are is in both splits.
    expect(values['copied.of_reference']).toBe(0);
  }
});

it('refuses text in another vocabulary, n-grams longer than a sequence, and metrics of points', async () => {
  const dataset = await corpus();
  const { model } = await trained(dataset);
  const problem = async (reference: string, metric: RunnableFields['evaluate']['metrics'][string]) =>
    evaluated(model, reference, { metric }).then(
      () => new Error('no problem'),
      (error: unknown) => (error instanceof StageProblem ? error : new Error(String(error))),
    );
  const js = (n: number) => ({ type: 'ngram_js', n }) as const;
  expect((await problem(await corpus('abx'), js(2))).message).toBe(
    'the generator writes in another vocabulary than the reference, which has the character `x`',
  );
  expect(await problem(dataset, js(5))).toMatchObject({
    message: 'at generator step 0, sequences of 4 tokens have no 5-grams',
    field: ['metrics', 'metric'],
  });
  expect((await problem(dataset, { type: 'energy_distance' })).message).toMatch(
    /energy_distance compares points, and the reference is text$/,
  );
});

it('takes the likeliest token of each place', () => {
  const values = Float32Array.of(0.1, 0.7, 0.2, 0.5, 0.4, 0.1, 0, 0, 1, 0.3, 0.3, 0.4);
  const sequences = likeliest(values, [2, 3]);
  expect(sequences).toEqual({ count: 2, length: 2, tokens: Int32Array.of(1, 0, 2, 2) });
  expect(textOf(sequences, { unit: 'character', tokens: ['x', 'y', ' '] })).toBe('yx\n\n');
  expect(textOf(sequences, { unit: 'word', tokens: ['so', 'it', 'goes'] })).toBe('it so\ngoes goes\n');
});

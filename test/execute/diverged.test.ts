import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, test } from 'vitest';

import { divergedFile, type Divergence } from '../../src/execute/contract.js';
import type { RunEvent } from '../../src/execute/events.js';
import { recordOf } from '../../src/execute/record.js';
import type { RunnableStage } from '../../src/plan/types.js';
import { keyOf } from '../cache/support.js';
import { bench, story, type Deeds } from './bench.js';
import { id, planOf, stageOf, startOf } from './support.js';

const divergence: Divergence = { kind: 'not_finite', step: 340, message: 'the losses are no longer finite' };

const training = { ...stageOf('train', ['data']), kind: 'train' } as unknown as RunnableStage;

const plan = planOf(
  stageOf('data'),
  training,
  stageOf('measure', ['train']),
  stageOf('table', ['measure']),
  stageOf('after', [], ['train', 'table']),
);

const diverging: Deeds = {
  train: async (_, { output }) => {
    await writeFile(join(output, divergedFile), JSON.stringify(divergence));
    return undefined;
  },
};

describe('a training that diverged, as a result', () => {
  it('ends the run well; what reads it does not run, and what only waits for it does', async () => {
    const { run } = await bench();
    const { outcome, record, events, ran } = await run(plan, diverging);
    expect(outcome).toBe('succeeded');
    expect(ran).toEqual(['data', 'train', 'after']);
    expect(record.stages.map((stage) => stage.outcome)).toMatchObject([
      { state: 'succeeded' },
      { state: 'diverged', cached: false, divergence },
      { state: 'not_run', because: { diverged: 'train' } },
      { state: 'not_run', because: { diverged: 'train' } },
      { state: 'succeeded' },
    ]);
    expect(story(events, 'train')).toEqual(['started', 'progress', 'metrics', 'diverged']);
  });

  it('is found the next time', async () => {
    const { run } = await bench();
    await run(plan, diverging);
    const { outcome, record, events, ran } = await run(plan);
    expect({ outcome, ran }).toEqual({ outcome: 'succeeded', ran: [] });
    expect(record.stages[1]?.outcome).toMatchObject({ state: 'diverged', cached: true, divergence });
    expect(story(events, 'train')).toEqual(['metrics', 'diverged']);
    expect(story(events, 'measure')).toEqual(['not_run']);
  });

  it('is made again where what says so has been changed, its size and time being the same', async () => {
    const { run, cache } = await bench();
    await run(plan, diverging);
    const found = await cache.lookup(keyOf('train'));
    if (found.state !== 'hit') throw new Error('the training is not stored');
    const file = join(found.artifact.directory, divergedFile);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('340', '341'));
    expect((await run(plan, diverging)).ran).toEqual(['train']);
  });

  it('is another matter than a failure', async () => {
    const { run } = await bench();
    const failing: Deeds = { train: () => Promise.resolve({ reason: 'diverged', divergence }) };
    const retried = { ...training, policy: { retries: 3 } } as RunnableStage;
    const failed = planOf(...plan.stages.map((stage) => (stage.id === 'train' ? retried : stage)));
    const { outcome, record, ran } = await run(failed, failing);
    expect(outcome).toBe('failed');
    // Trying again would be the same again.
    expect(ran).toEqual(['data', 'train']);
    expect(record.stages.at(-1)?.outcome).toEqual({ state: 'not_run', because: { failed: 'train' } });
  });
});

test('a file of that name says nothing in the results of other kinds of stages', async () => {
  const { run } = await bench();
  const deeds: Deeds = { data: diverging['train'] ?? fail };
  expect((await run(plan, deeds)).ran).toEqual(['data', 'train', 'measure', 'table', 'after']);
});

function fail(): never {
  throw new Error('no such deed');
}

test('a record has no numbers and pictures of steps that a training went back behind; the journal has', () => {
  const reported = (event: Extract<RunEvent, { type: 'stage_reported' }>['event']): RunEvent => ({
    type: 'stage_reported',
    stage: id('train'),
    event,
  });
  const metrics = (step: number, value: number) =>
    reported({ type: 'metrics', step, timestamp: 0, values: { loss: value } });
  const image = (step: number) =>
    reported({ type: 'image', step, timestamp: 0, name: 'samples', file: `${step}.png` });
  const { stages } = recordOf([
    { type: 'run_started', time: 0, pipeline: 'test', ...startOf(plan) },
    { type: 'stage_started', time: 0, stage: id('train') },
    ...[metrics(1, 1), metrics(2, 2), image(2), metrics(3, NaN), image(3)],
    reported({ type: 'rolled_back', timestamp: 0, divergence, to: 2, attempt: 1 }),
    ...[metrics(3, 3), image(3)],
  ]);
  const train = stages.find(({ stage }) => stage.id === 'train');
  expect(train?.metrics.map(({ step, values }) => [step, values['loss']])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  expect(train?.images.map(({ step }) => step)).toEqual([2, 3]);
});

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, expect, test } from 'vitest';

import { decodeNpy } from '../../src/base/npy.js';
import type { StageEvent } from '../../src/execute/contract.js';
import type { StageId } from '../../src/plan/types.js';
import { loadGenerator } from '../../src/stages/model-artifact.js';
import { runSample } from '../../src/stages/sample.js';
import { loadBackend } from '../../src/tensor/backend.js';
import { sampleGenerator } from '../../src/tensor/sampling.js';
import { noCheckpoints } from '../execute/support.js';
import { temporaryFolder } from '../files/support.js';
import { train } from './training-support.js';

beforeAll(() => loadBackend('native', 2));

async function sample(model: string, output: string, count: number, seed = 1) {
  await mkdir(output, { recursive: true });
  const events: StageEvent[] = [];
  await runSample({
    stage: 'sample' as StageId,
    fields: { count, seed, weights: 'average', threads: 2 },
    inputs: { model: { stage: 'train' as StageId, directory: model } },
    output,
    backend: 'native',
    now: () => 1000,
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    checkpoints: noCheckpoints,
  });
  const array = decodeNpy(await readFile(join(output, 'samples.npy')));
  if (!array.ok) throw new Error(array.error);
  return { ...array.value, events };
}

test('samples the trained generator into an array and a picture', async () => {
  const folder = await temporaryFolder();
  const { output: model } = await train({ folder });
  const { shape, data, events } = await sample(model, join(folder, 'a'), 100);
  expect(shape).toEqual([100, 2]);
  expect(data.every(Number.isFinite)).toBe(true);
  expect(events).toEqual([{ type: 'image', step: 5, timestamp: 1000, name: 'samples', file: 'samples.png' }]);
  expect((await readFile(join(folder, 'a/samples.png'))).subarray(1, 4).toString()).toBe('PNG');

  expect((await sample(model, join(folder, 'b'), 100)).data).toEqual(data);
  expect((await sample(model, join(folder, 'c'), 100, 2)).data).not.toEqual(data);
});

test('images come as NHWC in [-1, 1]', async () => {
  const folder = await temporaryFolder();
  const generator = { type: 'dcgan_generator', z_dim: 4, ngf: 4, norm: 'batch' } as const;
  const critic = { type: 'dcgan_critic', ndf: 4, norm: 'batch' } as const;
  const { output } = await train({ folder, kind: 'images', fields: { generator, critic } });
  const { shape, data } = await sample(output, join(folder, 'samples'), 300);
  expect(shape).toEqual([300, 16, 16, 1]);
  expect(data.every((value) => value >= -1 && value <= 1)).toBe(true);
});

test('a generator is loaded as it was at any snapshot', async () => {
  const folder = await temporaryFolder();
  const { output } = await train({
    folder,
    fields: { snapshots: { every: { generator_steps: 2 }, samples: 20 } },
  });
  const draw = async (step: number | 'end') => {
    const { network, weights, ...loaded } = await loadGenerator(output, step);
    const noise = { seed: 0, purpose: 'test' };
    const { values } = await sampleGenerator(network, weights, { noise, count: 10 });
    return { step: loaded.step, values };
  };
  const [start, middle, last, end] = [await draw(0), await draw(2), await draw(5), await draw('end')];
  expect(end).toEqual(last);
  expect(start.step).toBe(0);
  expect(middle.values).not.toEqual(start.values);
  expect(middle.values).not.toEqual(end.values);
  await expect(loadGenerator(output, 3)).rejects.toThrow('there is no snapshot of step 3');
});

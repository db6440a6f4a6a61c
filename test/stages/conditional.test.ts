import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { decodeNpy } from '../../src/base/npy.js';
import type { StageId } from '../../src/plan/types.js';
import { loadGenerator, readModelManifest } from '../../src/stages/model-artifact.js';
import type { WeightsManifest } from '../../src/stages/weights-files.js';
import { runSample } from '../../src/stages/sample.js';
import { loadBackend } from '../../src/tensor/backend.js';
import { sampleGenerator } from '../../src/tensor/sampling.js';
import { noCheckpoints } from '../execute/support.js';
import { temporaryFolder } from '../files/support.js';
import { threeClasses, train, type TrainFields } from './training-support.js';

beforeAll(() => loadBackend('native', 2));

const embedding = { type: 'projection', generator: { type: 'embedding', dimensions: 3 } } as const;
const norms = { type: 'projection', generator: { type: 'norm' } } as const;
const images = {
  kind: 'images',
  count: 40,
  labelled: threeClasses,
  fields: {
    generator: { type: 'dcgan_generator', z_dim: 4, ngf: 4, norm: 'batch' },
    critic: { type: 'dcgan_critic', ndf: 4, norm: 'none' },
  },
} as const;

/** Bits of the generator after two steps. */
async function trained(
  folder: string,
  name: string,
  more: Partial<TrainFields>,
  samples?: 'memory' | 'disk',
) {
  const { output } = await train({
    folder,
    name,
    ...images,
    fields: { ...images.fields, budget: { generator_steps: 2 }, ...more },
    ...(samples && { samples }),
  });
  return (await readFile(join(output, 'snapshots/step-000002/generator.bin'))).toString('base64');
}

test('how classes are told makes a difference, the same one each time, on samples of the disk too', async () => {
  const folder = await temporaryFolder();
  const all = [
    await trained(folder, 'none', {}),
    await trained(folder, 'embedding', { conditional: embedding }),
    await trained(folder, 'norms', { conditional: norms }),
  ];
  expect(new Set(all).size).toBe(3);
  expect(await trained(folder, 'again', { conditional: norms }, 'memory')).toBe(all[2]);
  expect(await trained(folder, 'disk', { conditional: norms }, 'disk')).toBe(all[2]);
  const augmented = { conditional: norms, augmentation: { flip: true, crop: 2 } };
  expect(await trained(folder, 'augmented', augmented, 'disk')).toBe(
    await trained(folder, 'augmented again', augmented, 'memory'),
  );
});

describe.each([
  ['an embedding', embedding, { generator: ['class/embedding'] }],
  ['norms', norms, { generator: ['norm1/gamma', 'norm1/beta'] }],
] as const)('told by %s', (_, conditional, { generator: told }) => {
  test('the artifact keeps what is learnt of classes, its average too, and samples are drawn by class', async () => {
    const folder = await temporaryFolder();
    const { output } = await train({
      folder,
      ...images,
      fields: {
        ...images.fields,
        conditional,
        average: { decay: 0.5, start: { generator_steps: 0 } },
        diagnostics: {
          every: { generator_steps: 1 },
          of: ['gradient_norms', 'slopes'],
          critic_improvement: { critic_steps: 2 },
        },
        on_divergence: { action: 'stop', max_estimate: 1e6, every: 2, lr_factor: 1, attempts: 3 },
      },
    });
    expect((await readModelManifest(output)).conditional).toEqual({ ...conditional, classes: [20, 10, 10] });
    const { network, weights, classes } = await loadGenerator(output, 'end');
    expect(classes).toEqual([20, 10, 10]);
    const last = await loadGenerator(output, 'end', 'last');
    for (const name of told) {
      expect(weights[name]?.shape[0]).toBe(3);
      expect(weights[name]?.dataSync()).not.toEqual(last.weights[name]?.dataSync());
    }
    const text = await readFile(join(output, 'snapshots/step-000005/critic.json'), 'utf8');
    const [critic] = (JSON.parse(text) as WeightsManifest).weightsManifest;
    expect(critic.weights.find(({ name }) => name === 'output/embedding')?.shape).toEqual([3, 8 * 4 * 4]);
    const of = async (label: number) => {
      const noise = { seed: 0, purpose: 'test' };
      const labels = new Int32Array(64).fill(label);
      return (await sampleGenerator(network, weights, { noise, count: 3, classes: { count: 3, labels } }))
        .values;
    };
    expect(await of(1)).not.toEqual(await of(0));
    expect(await of(1)).toEqual(await of(1));
  });
});

test('the sample stage draws classes as frequent as in the training, and says which', async () => {
  const folder = await temporaryFolder();
  const { output: model } = await train({
    folder,
    ...images,
    fields: { ...images.fields, conditional: norms },
  });
  const sampled = async (name: string, count: number, seed: number) => {
    const output = join(folder, name);
    await mkdir(output);
    await runSample({
      stage: 'sample' as StageId,
      fields: { count, seed, weights: 'average', threads: 2 },
      inputs: { model: { stage: 'train' as StageId, directory: model } },
      output,
      backend: 'native',
      now: () => 1000,
      emit: () => undefined,
      signal: new AbortController().signal,
      checkpoints: noCheckpoints,
    });
    const [labels, samples] = await Promise.all(
      ['labels', 'samples'].map(async (file) => {
        const decoded = decodeNpy(await readFile(join(output, `${file}.npy`)));
        if (!decoded.ok) throw new Error(decoded.error);
        return decoded.value;
      }),
    );
    return { labels, samples };
  };
  const many = await sampled('many', 900, 1);
  expect(many.labels?.shape).toEqual([900]);
  const counts = [0, 1, 2].map(
    (label) => [...(many.labels?.data ?? [])].filter((one) => one === label).length,
  );
  // Shares of 1/2, 1/4 and 1/4, within 4 standard deviations.
  [450, 225, 225].forEach((expected, label) =>
    expect(Math.abs((counts[label] ?? NaN) - expected)).toBeLessThan(60),
  );
  const few = await sampled('few', 70, 1);
  expect([...(few.labels?.data ?? [])]).toEqual([...(many.labels?.data.subarray(0, 70) ?? [])]);
  expect([...(few.samples?.data ?? [])]).toEqual([...(many.samples?.data.subarray(0, 70 * 256) ?? [])]);
  expect((await sampled('other', 70, 2)).labels?.data).not.toEqual(few.labels?.data);
});

test('a class without a sample in the split is a problem of the dataset, and so are samples without classes', async () => {
  const folder = await temporaryFolder();
  const fields = { ...images.fields, conditional: embedding };
  const missing = { classes: 5, of: (sample: number) => 2 * (sample % 2) };
  await expect(train({ folder, ...images, fields, labelled: missing })).rejects.toMatchObject({
    name: 'StageProblem',
    message:
      'of the 5 classes of the dataset, 3 classes, as class 1, have no sample among the 40 of the split',
    field: ['dataset'],
  });
  const one = { classes: 3, of: (sample: number) => sample % 2 };
  await expect(train({ folder, name: 'one', ...images, fields, labelled: one })).rejects.toMatchObject({
    message: 'of the 3 classes of the dataset, class 2 has no sample among the 40 of the split',
  });
  const { labelled: _, ...plain } = images;
  await expect(train({ folder, name: 'plain', ...plain, fields })).rejects.toMatchObject({
    name: 'StageProblem',
    message: 'conditional networks are told labels, and the samples of the split have none',
    field: ['conditional'],
  });
});

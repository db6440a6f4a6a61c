import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, expect, it } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import { loadClassifier } from '../../src/stages/classifier-artifact.js';
import { readSplit } from '../../src/stages/dataset-artifact.js';
import { loadBackend } from '../../src/tensor/backend.js';
import { accuracyOf } from '../../src/tensor/classifying.js';
import { adam, trained } from './classifier-rig.js';
import { idxFile, put, ran, temporaryFolder } from './dataset-rig.js';

const refusal = (running: Promise<unknown>) => running.catch((error: unknown) => error);

/** Images of 8 x 8 in which a row of one of three heights is bright, and noise is everywhere. */
async function rows(count: number): Promise<string> {
  const stream = new RandomStream({ seed: 0, purpose: 'test/rows' });
  const labels = Uint8Array.from({ length: count }, () => stream.integerBelow(3));
  const pixels = new Uint8Array(64 * count);
  for (const [image, label] of labels.entries()) {
    for (let pixel = 0; pixel < 64; pixel++) {
      const bright = Math.floor(pixel / 8) === 1 + 2 * label ? 150 : 0;
      pixels[64 * image + pixel] = bright + stream.integerBelow(100);
    }
  }
  const folder = await temporaryFolder();
  const images = await put(folder, 'images', idxFile([count, 8, 8], pixels));
  const named = await put(folder, 'labels', idxFile([count], labels));
  const splits = { train: count - 100, test: 100 };
  const { directory } = await ran({ type: 'idx', images, labels: named, seed: 0, splits });
  return directory;
}

let images: string;
let ring: string;

beforeAll(async () => {
  await loadBackend('native', 2);
  images = await rows(400);
  const splits = { train: 600, test: 200 };
  ({ directory: ring } = await ran({
    type: 'gaussian_mixture',
    layout: 'ring',
    modes: 4,
    radius: 2,
    std: 0.1,
    seed: 0,
    splits,
  }));
});

it('learns images, and says of samples that it has not learnt how many it tells', async () => {
  const { output, metrics } = await trained(images, {}, images);
  // 300 samples are 9 batches of 32.
  expect(metrics.map(({ step }) => step)).toEqual([...Array.from({ length: 27 }, (_, k) => k + 1), 27]);
  const [first, last] = [metrics[0]?.values['loss'] ?? 0, metrics.at(-2)?.values['loss'] ?? 0];
  expect(last).toBeLessThan(first / 4);
  const { test_accuracy: told = 0, accuracy = 0 } = metrics.at(-1)?.values ?? {};
  expect(Math.min(told, accuracy)).toBeGreaterThan(0.95);

  // What is written is what was measured.
  const { manifest, network, weights } = await loadClassifier(output);
  expect(manifest).toEqual({ shape: [8, 8, 1], classes: 3, steps: 27, accuracy, test_accuracy: told });
  const { labels = new Int32Array(), ...set } = await readSplit(images, 'test');
  expect(await accuracyOf(network, weights, { ...set, labels })).toBe(told);
});

it('learns points, for as many updates as it is told', async () => {
  const { metrics } = await trained(ring, { budget: { steps: 60 } }, ring);
  expect(metrics).toHaveLength(61);
  expect(metrics.at(-1)?.values['test_accuracy']).toBeGreaterThan(0.97);
});

it('comes to the same bits again, and to others with another seed', async () => {
  const bits = async (seed: number) =>
    readFile(join((await trained(images, { seed, budget: { steps: 5 } })).output, 'weights.bin'));
  const first = await bits(0);
  expect(await bits(0)).toEqual(first);
  expect(await bits(1)).not.toEqual(first);
});

it('refuses samples without labels, too few for a batch, or of another shape', async () => {
  const { directory: roll } = await ran({ type: 'swiss_roll', std: 0, seed: 0, splits: { train: 100 } });
  expect(await refusal(trained(roll))).toMatchObject({
    field: ['dataset'],
    message: 'the samples of split train have no labels to learn',
  });
  expect(await refusal(trained(images, { batch_size: 301 }))).toMatchObject({ field: ['batch_size'] });
  const other = await refusal(trained(images, {}, ring));
  expect(other).toMatchObject({
    field: ['test'],
    message: 'it learns samples of 8 x 8 x 1 in 3 classes, and is to be tested on samples of 2 in 4 classes',
  });
  const wild = { ...adam, lr: 1e30 };
  expect(await refusal(trained(images, { optimizer: wild }))).toMatchObject({ field: ['optimizer'] });
});

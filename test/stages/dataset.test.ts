import { readdir, readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { digestBytes } from '../../src/base/digest.js';
import { readDatasetManifest, readSplit } from '../../src/stages/dataset-artifact.js';
import { idxFile, problemOf, put, ran, temporaryFolder } from './dataset-rig.js';

const mixture = {
  type: 'gaussian_mixture',
  layout: 'ring',
  modes: 8,
  radius: 2,
  std: 0.05,
  seed: 0,
  splits: { train: 3000, test: 500 },
} as const;

/** 200 images of one pixel, whose value is the image's position; the label is its last digit. */
async function numbered(): Promise<{ type: 'idx'; images: string; labels: string }> {
  const folder = await temporaryFolder();
  const pixels = Uint8Array.from({ length: 200 }, (_, index) => index);
  return {
    type: 'idx',
    images: await put(folder, 'images', idxFile([200, 1, 1], pixels)),
    labels: await put(
      folder,
      'labels',
      idxFile(
        [200],
        pixels.map((pixel) => pixel % 10),
      ),
    ),
  };
}

/** Positions of the images of a split, from their pixels. */
async function positionsIn(directory: string, split: string): Promise<number[]> {
  const set = await readSplit(directory, split);
  const values = set.gather(Int32Array.from({ length: set.count }, (_, index) => index));
  const positions = [...values].map((value) => Math.round((value + 1) * 127.5));
  expect([...(set.labels ?? [])]).toEqual(positions.map((position) => position % 10));
  return positions;
}

async function digests(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort();
  const entries = names.map(
    async (name) => [name, digestBytes(await readFile(`${directory}/${name}`))] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

describe('runDataset', () => {
  it('writes manifest, samples, labels and a picture, and tells of its progress', async () => {
    const { directory, events } = await ran(mixture);
    expect((await readdir(directory)).sort()).toEqual([
      'dataset.json',
      'examples.png',
      'test.labels.npy',
      'test.samples.npy',
      'train.labels.npy',
      'train.samples.npy',
    ]);
    expect(await readDatasetManifest(directory)).toMatchObject({
      kind: 'points',
      shape: [2],
      dtype: 'float32',
      splits: { train: 3000, test: 500 },
      mixture: { std: 0.05 },
      classes: 8,
    });
    expect(events).toEqual([
      { type: 'progress', done: 1024, total: 3500, unit: 'samples' },
      { type: 'progress', done: 2048, total: 3500, unit: 'samples' },
      { type: 'progress', done: 3000, total: 3500, unit: 'samples' },
      { type: 'progress', done: 3500, total: 3500, unit: 'samples' },
      { type: 'image', step: 0, timestamp: 1000, name: 'examples', file: 'examples.png' },
    ]);
  });

  it('keeps each point with the label of its mode', async () => {
    const { directory } = await ran(mixture);
    const { mixture: known } = await readDatasetManifest(directory);
    const set = await readSplit(directory, 'test');
    for (const [index, label] of (set.labels ?? []).entries()) {
      const [x = 0, y = 0] = set.gather(Int32Array.of(index));
      const [centreX = 0, centreY = 0] = known?.centres[label] ?? [];
      // Six standard deviations; the next centre is thirty away.
      expect(Math.hypot(x - centreX, y - centreY)).toBeLessThan(6 * 0.05);
    }
  });

  it('gives the same bytes for the same fields, and others for another seed', async () => {
    const files = await numbered();
    for (const fields of [mixture, { ...files, seed: 3, splits: { train: 0.75, test: 50 } }] as const) {
      const first = await digests((await ran(fields)).directory);
      expect(await digests((await ran(fields)).directory)).toEqual(first);
      const other = await digests((await ran({ ...fields, seed: 4 })).directory);
      expect(other['train.samples.npy']).not.toBe(first['train.samples.npy']);
    }
  });

  it('shuffles, and cuts disjoint splits', async () => {
    const files = await numbered();
    const { directory } = await ran({ ...files, seed: 1, splits: { train: 120, valid: 0.1, test: 60 } });
    const train = await positionsIn(directory, 'train');
    const valid = await positionsIn(directory, 'valid');
    const test = await positionsIn(directory, 'test');
    expect([train.length, valid.length, test.length]).toEqual([120, 20, 60]);
    expect(new Set([...train, ...valid, ...test]).size).toBe(200);
    expect(train).not.toEqual([...train].sort((a, b) => a - b));
  });

  it('leaves the first splits as they are when one is added behind', async () => {
    const files = await numbered();
    const short = await ran({ ...files, seed: 1, splits: { train: 100 } });
    const long = await ran({ ...files, seed: 1, splits: { train: 100, test: 100 } });
    expect(await positionsIn(long.directory, 'train')).toEqual(await positionsIn(short.directory, 'train'));
  });

  it('says how many samples there are when more are asked for', async () => {
    const files = await numbered();
    expect(await problemOf({ ...files, seed: 0, splits: { train: 150, test: 100 } })).toEqual({
      message:
        'split test asks for 100 samples; there are 200, of which 150 are taken by the splits before it',
      field: ['splits', 'test'],
      help: 'Ask for at most 50 here, or for less before.',
    });
  });

  it('stops between parts when it is asked to', async () => {
    const { events } = await ran(mixture, AbortSignal.abort());
    expect(events).toEqual([{ type: 'progress', done: 1024, total: 3500, unit: 'samples' }]);
  });
});

import { readFileSync } from 'node:fs';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { npyHeader } from '../../src/base/npy.js';
import { RandomStream } from '../../src/base/streams.js';
import { readSplit } from '../../src/stages/dataset-artifact.js';
import { BatchOrder } from '../../src/tensor/batches.js';
import { RealBatches } from '../../src/tensor/real-batches.js';
import { temporaryFolder } from '../files/support.js';
import { datasetIn } from './training-support.js';

const positions = (...values: number[]) => Int32Array.from(values);
const samplesIn = (folder: string) => join(folder, 'train.samples.npy');

/** An artifact of so many black 16x16 images, which take no room on the disk. */
async function sparseDataset(count: number): Promise<string> {
  const folder = await temporaryFolder();
  const shape = [16, 16, 1];
  const manifest = { kind: 'images', shape, dtype: 'uint8', splits: { train: count } };
  await writeFile(join(folder, 'dataset.json'), JSON.stringify(manifest));
  const header = npyHeader('|u1', [count, ...shape]);
  await writeFile(samplesIn(folder), header);
  await truncate(samplesIn(folder), header.length + 256 * count);
  return folder;
}

describe.each(['points', 'images'] as const)('%s on the disk', (kind) => {
  test('are those in memory, wherever they lie and whoever reads them', async () => {
    const folder = await temporaryFolder();
    await datasetIn(folder, kind, 50);
    const [memory, disk] = [
      await readSplit(folder, 'train', 'memory'),
      await readSplit(folder, 'train', 'disk'),
    ];
    expect(memory.fetch).toBeUndefined();
    expect(disk).toMatchObject({ shape: memory.shape, count: 50 });
    const everywhere = new RandomStream({ seed: 1, purpose: 'positions' }).permutation(50);
    const neighbours = positions(3, 4, 5, 9, 10, 2);
    for (const wanted of [positions(0), positions(49, 0, 49), neighbours, positions(), everywhere]) {
      const expected = memory.gather(wanted);
      expect(disk.gather(wanted)).toEqual(expected);
      expect(await required(disk.fetch, 'fetch')(wanted)).toEqual(expected);
    }
    expect(() => disk.gather(positions(3, 50))).toThrow('row 50 of 50');
  });
});

test('what is larger than 1 GiB is left on the disk, unless something else is asked for', async () => {
  // With the file's header, the first is a little more than that.
  const [large, small] = [await sparseDataset(2 ** 22), await sparseDataset(100)];
  expect((await readSplit(large, 'train')).fetch).toBeDefined();
  expect((await readSplit(small, 'train')).fetch).toBeUndefined();
  expect((await readSplit(small, 'train', 'disk')).fetch).toBeDefined();
});

test('memory does not grow with the number of samples', async () => {
  const before = process.memoryUsage().rss;
  const count = 2 ** 24;
  const samples = await readSplit(await sparseDataset(count), 'train');
  const batches = new RealBatches(samples, new BatchOrder({ seed: 1, samples: count, batchSize: 64 }));
  const black = new Float32Array(64 * 256).fill(-1);
  for (let step = 0; step < 300; step += 1) {
    await batches.readAhead(step, 2);
    expect(Buffer.compare(bytes(batches.take(step)), bytes(black))).toBe(0);
  }
  // The file has 4 GiB; the order of an epoch takes 4 bytes a sample.
  expect(process.memoryUsage().rss - before).toBeLessThan(4 * count + 2 ** 28);
});

const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

test('other threads read while this one is blocked', async () => {
  const count = 2 ** 15;
  const samples = await readSplit(await sparseDataset(count), 'train', 'disk');
  const wanted = new RandomStream({ seed: 1, purpose: 'positions' }).permutation(count);
  /** Bytes that this process has read. */
  const hasRead = () => Number(/^rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
  const before = hasRead();
  const reading = required(samples.fetch, 'fetch')(wanted);
  const cell = new Int32Array(new SharedArrayBuffer(4));
  // No turn of the event loop until all is read, or a minute is over.
  for (let waited = 0; waited < 600 && hasRead() - before < 256 * count; waited += 1)
    Atomics.wait(cell, 0, 0, 100);
  expect(hasRead() - before).toBeGreaterThanOrEqual(256 * count);
  expect(await reading).toHaveLength(256 * count);
});

describe('a file', () => {
  const damages = [
    ['is gone', (file: string) => rm(file), 'it is gone'],
    ['has become shorter', (file: string) => truncate(file, 1000), 'it has become shorter'],
  ] as const;
  test.each(damages)('that %s in the middle is a problem that names it', async (_, damage, why) => {
    const folder = await temporaryFolder();
    await datasetIn(folder, 'images', 50);
    const samples = await readSplit(folder, 'train', 'disk');
    await damage(samplesIn(folder));
    const problem = {
      name: 'StageProblem',
      message: `samples can no longer be read from ${samplesIn(folder)}: ${why}`,
      help: 'Run the same command again: a dataset that is missing or damaged is made anew.',
    };
    expect(() => samples.gather(positions(40))).toThrow(expect.objectContaining(problem));
    await expect(required(samples.fetch, 'fetch')(positions(40))).rejects.toMatchObject(problem);
  });
});

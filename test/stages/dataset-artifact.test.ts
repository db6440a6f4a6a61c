import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { decodeNpy } from '../../src/base/npy.js';
import {
  readDatasetManifest,
  readSplit,
  writeDatasetManifest,
  writeLabels,
  writeSamples,
} from '../../src/stages/dataset-artifact.js';
import { temporaryFolder } from './dataset-rig.js';

async function* partsOf<T>(...parts: readonly T[]): AsyncGenerator<T> {
  for (const part of parts) yield await Promise.resolve(part);
}

describe('a dataset artifact', () => {
  it('holds images as uint8 NHWC and gives them from -1 to 1', async () => {
    const directory = await temporaryFolder();
    const manifest = {
      kind: 'images',
      shape: [1, 2, 1],
      dtype: 'uint8',
      splits: { train: 3 },
      classes: 2,
    } as const;
    await writeDatasetManifest(directory, manifest);
    await writeSamples(
      directory,
      'train',
      manifest,
      3,
      partsOf(Uint8Array.of(0, 255), Uint8Array.of(51, 204, 102, 127)),
    );
    await writeLabels(directory, 'train', Int32Array.of(1, 0, 1));

    expect(decodeNpy(await readFile(`${directory}/train.samples.npy`))).toEqual({
      ok: true,
      value: { shape: [3, 1, 2, 1], data: Uint8Array.of(0, 255, 51, 204, 102, 127) },
    });
    expect(await readDatasetManifest(directory)).toEqual(manifest);
    const set = await readSplit(directory, 'train');
    expect(set).toMatchObject({ shape: [1, 2, 1], count: 3, labels: Int32Array.of(1, 0, 1) });
    expect(set.gather(Int32Array.of(2, 0, 2))).toEqual(
      Float32Array.of(
        102 / 127.5 - 1,
        127 / 127.5 - 1,
        0 / 127.5 - 1,
        255 / 127.5 - 1,
        102 / 127.5 - 1,
        127 / 127.5 - 1,
      ),
    );
  });

  it('holds points as they are, without labels where there are none', async () => {
    const directory = await temporaryFolder();
    const manifest = { kind: 'points', shape: [2], dtype: 'float32', splits: { all: 2 } } as const;
    await writeDatasetManifest(directory, manifest);
    await writeSamples(directory, 'all', manifest, 2, partsOf(Float32Array.of(-3.5, 2e9, 0.1, -0)));
    const set = await readSplit(directory, 'all');
    expect(set.labels).toBeUndefined();
    expect(set.gather(Int32Array.of(1, 0))).toEqual(Float32Array.of(0.1, -0, -3.5, 2e9));
    expect(() => set.gather(Int32Array.of(2))).toThrow('row 2 of 2');
    await expect(readSplit(directory, 'test')).rejects.toThrow(`split test in ${directory} is missing`);
  });
});

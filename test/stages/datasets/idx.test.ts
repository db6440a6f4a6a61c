import { gzipSync } from 'node:zlib';

import { beforeAll, describe, expect, it } from 'vitest';

import { readDatasetManifest, readSplit } from '../../../src/stages/dataset-artifact.js';
import { openIdx } from '../../../src/stages/datasets/idx.js';
import { idxFile, problemOf, put, ran, realData, temporaryFolder } from '../dataset-rig.js';

const pixels = Uint8Array.from({ length: 4 * 3 * 2 }, (_, index) => 10 * index);
const imagesFile = idxFile([4, 3, 2], pixels);
const labelsFile = idxFile([4], Uint8Array.of(7, 0, 2, 7));

let folder: string;
const path = (name: string): string => `${folder}/${name}`;
const spec = (images: string, more: { labels?: string; resize?: number } = {}) =>
  ({ type: 'idx', images, ...more, seed: 0, splits: { train: 3, test: 1 } }) as const;

beforeAll(async () => {
  folder = await temporaryFolder();
  await put(folder, 'images', imagesFile);
  await put(folder, 'images.gz', gzipSync(imagesFile));
  await put(folder, 'labels.gz', gzipSync(labelsFile));
});

describe('openIdx', () => {
  it.each(['images', 'images.gz'])('reads images and labels: %s', async (name) => {
    const source = await openIdx(spec(path(name), { labels: path('labels.gz') }));
    expect(source).toMatchObject({ kind: 'images', shape: [3, 2, 1], count: 4, classes: 8 });
    expect(source.labels).toEqual(Int32Array.of(7, 0, 2, 7));
    const read = await source.read(Int32Array.of(2, 0));
    expect(read).toEqual(Uint8Array.of(...pixels.subarray(12, 18), ...pixels.subarray(0, 6)));
  });

  it('goes by the content, not by the name', async () => {
    const misnamed = await put(folder, 'plain.gz', imagesFile);
    expect((await openIdx(spec(misnamed))).count).toBe(4);
  });

  it('resizes: a constant image stays constant, the middle of the longer side is kept', async () => {
    // 4 rows by 2: the shorter side becomes 4, so 8 rows, of which the middle 4 show the two inner rows.
    const rows = Uint8Array.of(0, 0, 90, 90, 90, 90, 0, 0);
    const images = await put(
      folder,
      'tall',
      idxFile([2, 4, 2], Uint8Array.of(...rows, ...rows.map(() => 33))),
    );
    const source = await openIdx(spec(images, { resize: 4 }));
    expect(source.shape).toEqual([4, 4, 1]);
    const read = await source.read(Int32Array.of(0, 1));
    expect([...read.subarray(16)]).toEqual(Array.from({ length: 16 }, () => 33));
    for (const pixel of read.subarray(4, 12)) expect(pixel).toBeGreaterThanOrEqual(90);
  });
});

describe('a damaged IDX file', () => {
  const wholeGzip = gzipSync(imagesFile);
  const flipped = Buffer.from(wholeGzip);
  flipped.writeUInt8(flipped.readUInt8(flipped.length - 6) ^ 1, flipped.length - 6);

  it.each<[string, Buffer | string, string, string]>([
    [
      'truncated',
      imagesFile.subarray(0, -1),
      'holds 23 bytes of images where its header announces 4 of 3 x 2, which take 24',
      'Download the file again, and compare its size with the one at its source.',
    ],
    [
      'too long',
      Buffer.concat([imagesFile, Buffer.of(1, 2)]),
      'holds 26 bytes of images where its header announces 4 of 3 x 2, which take 24',
      'Download the file again, and compare its size with the one at its source.',
    ],
    [
      'of only half a header',
      imagesFile.subarray(0, 9),
      'ends inside its IDX header',
      'Download the file again, and compare its size with the one at its source.',
    ],
    [
      'empty',
      '',
      'is not an IDX file of images: it begins with 0 bytes, not 0x00000803',
      'Name an IDX file of unsigned bytes, as MNIST’s are, gzipped or not.',
    ],
    [
      'without images',
      idxFile([0, 28, 28], new Uint8Array(0)),
      'holds no images',
      'Download the file again, and compare its size with the one at its source.',
    ],
    [
      'of labels',
      labelsFile,
      'is an IDX file of labels, not of images',
      'Exchange the two, or name the other file.',
    ],
    [
      'of floats',
      Buffer.from('00000d03', 'hex'),
      'is not an IDX file of images: it begins with 0x00000d03, not 0x00000803',
      'Name an IDX file of unsigned bytes, as MNIST’s are, gzipped or not.',
    ],
    [
      'of gzip cut short',
      wholeGzip.subarray(0, -10),
      'is a damaged gzip file: it ends too early',
      'Download the file again, and compare its size with the one at its source.',
    ],
    [
      'of gzip with a flipped bit in its checksum',
      flipped,
      'is a damaged gzip file: its content does not fit its checksums (incorrect data check)',
      'Download the file again, and compare its size with the one at its source.',
    ],
    [
      'that is a web page',
      '\n<!DOCTYPE html><html><body>404</body></html>',
      'is a web page, not data: its download failed',
      'Open the file to see what the server said, and download it again.',
    ],
    [
      'that is a gzipped web page',
      gzipSync('<html>'),
      'is a web page, not data: its download failed',
      'Open the file to see what the server said, and download it again.',
    ],
    [
      'that is a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 9\n',
      'is a Git LFS pointer, not data',
      'Run git lfs pull.',
    ],
    [
      'that is a zip archive',
      'PK\u0003\u0004....',
      'is an archive',
      'Unpack it, and name the file that was in it.',
    ],
  ])('%s', async (kind, content, message, help) => {
    const images = await put(folder, `damaged/${kind.replaceAll(' ', '-')}.gz`, content);
    expect(await problemOf(spec(images))).toEqual({
      message: `${images} ${message}`,
      field: ['images'],
      help,
    });
  });

  it('is missing', async () => {
    expect(await problemOf(spec(path('none')))).toEqual({
      message: `${path('none')} does not exist`,
      field: ['images'],
      help: 'Correct the path, or put the data there.',
    });
    expect(await problemOf(spec(folder))).toMatchObject({ message: `${folder} is a folder, not a file` });
  });

  it('has labels of other images', async () => {
    const labels = await put(folder, 'short-labels', idxFile([3], Uint8Array.of(1, 2, 3)));
    expect(await problemOf(spec(path('images'), { labels }))).toEqual({
      message: `${labels} holds 3 labels; there are 4 images`,
      field: ['labels'],
      help: 'Name the labels that belong to the images: both of the training set, or both of the test set.',
    });
    expect(await problemOf(spec(path('images'), { labels: path('images') }))).toMatchObject({
      message: `${path('images')} is an IDX file of images, not of labels`,
      field: ['labels'],
    });
  });
});

describe('the real MNIST test set', () => {
  const mnist = realData.mnist;

  // Skipped where neither MNIST_DIR nor ../shared/data/mnist has the files.
  it.skipIf(mnist === undefined)('has 10,000 digits, read as they are', async () => {
    const { directory } = await ran({
      type: 'idx',
      images: `${mnist ?? ''}/t10k-images-idx3-ubyte.gz`,
      labels: `${mnist ?? ''}/t10k-labels-idx1-ubyte.gz`,
      seed: 5,
      splits: { train: 9000, test: 0.1 },
    });
    expect(await readDatasetManifest(directory)).toEqual({
      kind: 'images',
      shape: [28, 28, 1],
      dtype: 'uint8',
      splits: { train: 9000, test: 1000 },
      classes: 10,
    });
    const classes = new Array<number>(10).fill(0);
    let sum = 0;
    for (const name of ['train', 'test']) {
      const split = await readSplit(directory, name);
      for (const label of split.labels ?? []) classes[label] = (classes[label] ?? 0) + 1;
      const values = split.gather(Int32Array.from({ length: split.count }, (_, index) => index));
      sum += values.reduce((total, value) => total + (value + 1) * 127.5, 0);
    }
    // Published counts of the test set's digits, and its mean pixel, 0.1325 of 255.
    expect(classes).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expect(sum / (10_000 * 28 * 28) / 255).toBeCloseTo(0.1325, 4);
  });
});

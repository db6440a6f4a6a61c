import { beforeAll, describe, expect, it } from 'vitest';

import { readSplit } from '../../../src/stages/dataset-artifact.js';
import { openCifar10 } from '../../../src/stages/datasets/cifar10.js';
import { problemOf, put, ran, realData, temporaryFolder } from '../dataset-rig.js';

/** A record whose red, green and blue at pixel p are (p + shift), 100 and (255 - p), modulo 256. */
function record(label: number, shift: number): Buffer {
  const plane = (value: (pixel: number) => number): number[] =>
    Array.from({ length: 1024 }, (_, pixel) => value(pixel) & 255);
  const [red, green, blue] = [
    plane((pixel) => pixel + shift),
    plane(() => 100),
    plane((pixel) => 255 - pixel),
  ];
  return Buffer.from([label, ...red, ...green, ...blue]);
}

let folder: string;
const spec = (files: string[], resize?: number) =>
  ({
    type: 'cifar10',
    files,
    ...(resize !== undefined && { resize }),
    seed: 0,
    splits: { all: 1 },
  }) as const;

beforeAll(async () => {
  folder = await temporaryFolder();
});

describe('openCifar10', () => {
  it('reads planes of all files into NHWC', async () => {
    const first = await put(folder, 'one.bin', Buffer.concat([record(3, 0), record(9, 1)]));
    const second = await put(folder, 'two.bin', record(0, 2));
    const source = await openCifar10(spec([first, second]));
    expect(source).toMatchObject({ shape: [32, 32, 3], count: 3, classes: 10 });
    expect(source.labels).toEqual(Int32Array.of(3, 9, 0));
    const pixels = await source.read(Int32Array.of(2, 0));
    expect([...pixels.subarray(0, 6)]).toEqual([2, 100, 255, 3, 100, 254]);
    expect([...pixels.subarray(3072, 3078)]).toEqual([0, 100, 255, 1, 100, 254]);
    expect([...pixels.subarray(-3)]).toEqual([1023 & 255, 100, (255 - 1023) & 255]);
  });

  it('resizes in colour', async () => {
    const file = await put(folder, 'grey.bin', Buffer.from([1, ...Array.from({ length: 3072 }, () => 60)]));
    const source = await openCifar10(spec([file], 8));
    expect(source.shape).toEqual([8, 8, 3]);
    expect([...(await source.read(Int32Array.of(0)))]).toEqual(Array.from({ length: 8 * 8 * 3 }, () => 60));
  });
});

describe('a file that is no batch of CIFAR-10', () => {
  it('is named, with what its length should be', async () => {
    const whole = await put(folder, 'whole.bin', record(1, 0));
    const short = await put(folder, 'short.bin', record(1, 0).subarray(0, 3000));
    expect(await problemOf(spec([whole, short]))).toEqual({
      message:
        `${short} holds 3,000 bytes, which is no multiple of the 3,073 that each image takes ` +
        '(10,000 of them take 30,730,000)',
      field: ['files', 1],
      help:
        'Name a batch of CIFAR-10’s binary version. ' +
        'Download the file again, and compare its size with the one at its source.',
    });
    const empty = await put(folder, 'empty.bin', '');
    expect(await problemOf(spec([empty]))).toMatchObject({ field: ['files', 0] });
  });

  it('has a label out of range', async () => {
    const file = await put(folder, 'label.bin', Buffer.concat([record(9, 0), record(10, 0)]));
    expect(await problemOf(spec([file]))).toMatchObject({
      message: `${file} is not a batch of CIFAR-10: image 1 is of class 10, and there are 0 to 9`,
      field: ['files', 0],
    });
  });

  it('is an archive, or missing', async () => {
    const tar = Buffer.alloc(1024);
    tar.write('ustar', 257);
    const archive = await put(folder, 'cifar-10-binary.tar', tar);
    expect(await problemOf(spec([archive]))).toMatchObject({ message: `${archive} is an archive` });
    const whole = await put(folder, 'present.bin', record(1, 0));
    const none = `${folder}/none.bin`;
    expect(await problemOf(spec([whole, none]))).toMatchObject({
      message: `${none} does not exist`,
      field: ['files', 1],
    });
  });
});

describe('the real CIFAR-10 test batch', () => {
  const { cifar10 } = realData;

  // Skipped where neither CIFAR10_DIR nor ../shared/data/cifar-10-batches-bin has the files.
  it.skipIf(cifar10 === undefined)('has 1,000 images of each class and the published means', async () => {
    const { directory } = await ran({
      type: 'cifar10',
      files: [`${cifar10 ?? ''}/test_batch.bin`],
      seed: 0,
      splits: { all: 10_000 },
    });
    const split = await readSplit(directory, 'all');
    const classes = new Array<number>(10).fill(0);
    for (const label of split.labels ?? []) classes[label] = (classes[label] ?? 0) + 1;
    expect(classes).toEqual(Array.from({ length: 10 }, () => 1000));

    const sums = [0, 0, 0];
    const values = split.gather(Int32Array.from({ length: 10_000 }, (_, index) => index));
    for (const [index, value] of values.entries()) sums[index % 3] = (sums[index % 3] ?? 0) + (value + 1) / 2;
    const means = sums.map((sum) => sum / (10_000 * 1024));
    // Of the test set's red, green and blue, in [0, 1].
    for (const [channel, mean] of [0.4942, 0.4851, 0.4504].entries()) {
      expect(means[channel]).toBeCloseTo(mean, 3);
    }
  });
});

import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { invariant, required } from '../base/invariant.js';
import { bytesOf, decodeNpy, encodeNpy, type NpyArray, npyHeader } from '../base/npy.js';
import { sizeOf } from '../base/shape.js';
import type { Mixture } from '../metrics/modes-covered.js';

/**
 * What a dataset's artifact holds: this file, `<split>.samples.npy` (float32 points, or uint8 images in NHWC) and,
 * where samples have a class, `<split>.labels.npy` (int32).
 */
export interface DatasetManifest {
  readonly kind: 'points' | 'images';
  /** Of one sample: [dimensions], or [height, width, channels]. */
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'uint8';
  /** Samples of each split. */
  readonly splits: Readonly<Record<string, number>>;
  /** Where the samples were drawn from one. */
  readonly mixture?: Mixture;
  /** Where samples have labels: these are below it. */
  readonly classes?: number;
}

const manifestFile = 'dataset.json';
const samplesFile = (split: string): string => `${split}.samples.npy`;
const labelsFile = (split: string): string => `${split}.labels.npy`;

export async function writeDatasetManifest(directory: string, manifest: DatasetManifest): Promise<void> {
  await writeFile(join(directory, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

export async function readDatasetManifest(directory: string): Promise<DatasetManifest> {
  // The cache compared the file's digest with its marker: it is what we wrote.
  return JSON.parse(await readFile(join(directory, manifestFile), 'utf8')) as DatasetManifest;
}

/** Writes the samples of a split as they come, so that no more than a part of them is in memory. */
export async function writeSamples(
  directory: string,
  split: string,
  { kind, shape }: Pick<DatasetManifest, 'kind' | 'shape'>,
  count: number,
  parts: AsyncIterable<Float32Array | Uint8Array>,
): Promise<void> {
  const file = await open(join(directory, samplesFile(split)), 'wx');
  try {
    await file.writeFile(npyHeader(kind === 'points' ? '<f4' : '|u1', [count, ...shape]));
    for await (const part of parts) await file.writeFile(bytesOf(part));
  } finally {
    await file.close();
  }
}

export async function writeLabels(directory: string, split: string, labels: Int32Array): Promise<void> {
  await writeFile(join(directory, labelsFile(split)), encodeNpy({ shape: [labels.length], data: labels }));
}

/** The samples of a split, in memory as they are stored. */
export interface SampleSet {
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly count: number;
  /** A class for each sample, where samples have one. */
  readonly labels?: Int32Array;
  /**
   * The samples at these positions, one after another, as networks see them: images as float32 from -1 (black)
   * to 1, points as they are.
   */
  gather(positions: Int32Array): Float32Array;
}

/** @throws InternalError when the artifact does not hold the split, or not in the form that we write. */
export async function readSplit(directory: string, split: string): Promise<SampleSet> {
  const manifest = await readDatasetManifest(directory);
  const count = required(manifest.splits[split], `split ${split} in ${directory}`);
  const { shape } = manifest;
  const { data } = await readArray(join(directory, samplesFile(split)));
  invariant(data instanceof Float32Array || data instanceof Uint8Array, 'samples are float32 or uint8');
  const labels =
    manifest.classes === undefined ? undefined : (await readArray(join(directory, labelsFile(split)))).data;
  const size = sizeOf(shape);

  return {
    shape,
    count,
    ...(labels instanceof Int32Array && { labels }),
    gather: (positions) => {
      const length = positions.length * size;
      const values = data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
      for (const [row, position] of positions.entries()) {
        invariant(position >= 0 && position < count, `sample ${position} of ${count}`);
        values.set(data.subarray(position * size, (position + 1) * size), row * size);
      }
      return asSeenByNetworks(values);
    },
  };
}

/** From -1 (black) to 1, the range of tanh: x / 127.5 - 1, in double precision and rounded once. */
const scaled = Float32Array.from({ length: 256 }, (_, pixel) => pixel / 127.5 - 1);

/** Pixels become numbers from -1 to 1; the components of points stay as they are. */
export function asSeenByNetworks(values: Float32Array | Uint8Array): Float32Array {
  if (values instanceof Float32Array) return values;
  const seen = new Float32Array(values.length);
  for (let index = 0; index < values.length; index++) seen[index] = scaled[values[index] ?? 0] ?? 0;
  return seen;
}

async function readArray(path: string): Promise<NpyArray> {
  const decoded = decodeNpy(await readFile(path));
  invariant(decoded.ok, `${path} ${decoded.ok ? '' : decoded.error}`);
  return decoded.value;
}

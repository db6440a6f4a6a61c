import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Digest } from '../base/digest.js';
import { invariant, required } from '../base/invariant.js';
import { bytesOf, decodeNpy, encodeNpy, type NpyArray, type NpyData, npyHeader } from '../base/npy.js';
import { oneHot } from '../base/one-hot.js';
import { copyRows } from '../base/rows.js';
import { sizeOf } from '../base/shape.js';
import { digestFile } from '../files/digest-file.js';
import type { Distribution } from '../metrics/distributions.js';
import type { Mixture } from '../metrics/modes-covered.js';
import type { Sequences } from '../metrics/sequences.js';
import type { SampleSource } from './datasets/sample-source.js';
import type { Vocabulary } from './datasets/vocabulary.js';
import { openRows, type Residence, type RowFile } from './sample-rows.js';

/**
 * What a dataset's artifact holds: this file, `<split>.samples.npy` (float32 points, uint8 images in NHWC, or int32 numbers
 * of tokens) and, where samples have a class, `<split>.labels.npy` (int32).
 */
export interface DatasetManifest {
  readonly kind: SampleSource['kind'];
  /** Of one sample, as networks see it: [dimensions], [height, width, channels] or [length, tokens]. */
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'uint8' | 'int32';
  /** Samples of each split. */
  readonly splits: Readonly<Record<string, number>>;
  /** Where the samples were drawn from one. */
  readonly mixture?: Mixture;
  /** What they were drawn from, where it is known as a formula. */
  readonly distribution?: Distribution;
  /** Of sequences. */
  readonly vocabulary?: Vocabulary;
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
  parts: AsyncIterable<Float32Array | Uint8Array | Int32Array>,
): Promise<void> {
  const file = await open(join(directory, samplesFile(split)), 'wx');
  try {
    const stored = kind === 'sequences' ? shape.slice(0, 1) : shape;
    await file.writeFile(npyHeader(storedTypes[kind], [count, ...stored]));
    for await (const part of parts) await file.writeFile(bytesOf(part));
  } finally {
    await file.close();
  }
}

const storedTypes = { points: '<f4', images: '|u1', sequences: '<i4' } as const;

export async function writeLabels(directory: string, split: string, labels: Int32Array): Promise<void> {
  await writeFile(join(directory, labelsFile(split)), encodeNpy({ shape: [labels.length], data: labels }));
}

/** The samples of a split: in memory as they are stored, or in their file, from where they are read when they are wanted. */
export interface SampleSet {
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly count: number;
  /** A class for each sample, where samples have one. */
  readonly labels?: Int32Array;
  /** How many classes the dataset has then, in all of its splits. */
  readonly classes?: number;
  /** Of text. */
  readonly text?: Text;
  /**
   * The samples at these positions, one after another, as networks see them: images as float32 from -1 (black)
   * to 1, points as they are, of sequences a 1 for each token among zeros.
   */
  gather(positions: Int32Array): Float32Array;
  /** The same, read by other threads than this one; of samples that are not in memory. */
  readonly fetch?: (positions: Int32Array) => Promise<Float32Array>;
}

/** Sequences of tokens, and what their numbers stand for. */
export interface Text extends Sequences {
  readonly vocabulary: Vocabulary;
}

/** Of all samples of a split. */
export function splitDigest(directory: string, split: string, signal: AbortSignal): Promise<Digest> {
  return digestFile(join(directory, samplesFile(split)), signal);
}

/** Of the labels of a split that has some. */
export function labelsDigest(directory: string, split: string, signal: AbortSignal): Promise<Digest> {
  return digestFile(join(directory, labelsFile(split)), signal);
}

/**
 * @param residence Where samples are kept: by their size unless given. Text is always in memory.
 * @throws InternalError when the artifact does not hold the split, or not in the form that we write.
 */
export async function readSplit(directory: string, split: string, residence?: Residence): Promise<SampleSet> {
  const { shape, splits, classes, vocabulary } = await readDatasetManifest(directory);
  const count = required(splits[split], `split ${split} in ${directory}`);
  const path = join(directory, samplesFile(split));
  const labels =
    classes === undefined ? undefined : (await readArray(join(directory, labelsFile(split)))).data;
  const common = {
    shape,
    count,
    ...(labels instanceof Int32Array && { labels }),
    ...(classes !== undefined && { classes }),
  };
  if (vocabulary !== undefined) {
    const { data } = await readArray(path);
    invariant(data instanceof Int32Array, 'sequences are int32');
    const [length = 0, tokens = 0] = shape;
    const text: Text = { count, length, tokens: data, vocabulary };
    const numbers = (positions: Int32Array) =>
      copyRows(new Int32Array(positions.length * length), data, positions, length);
    return { ...common, text, gather: (positions) => oneHot(numbers(positions), tokens) };
  }
  const rows = await openRows(path, residence);
  return {
    ...common,
    ...(rows.in === 'memory' ? gatheredFrom(pixelsOrPoints(rows.data), sizeOf(shape)) : readFrom(rows.file)),
  };
}

function gatheredFrom(data: Float32Array | Uint8Array, size: number): Pick<SampleSet, 'gather'> {
  return {
    gather: (positions) => {
      const values = positions.length * size;
      const rows = data instanceof Uint8Array ? new Uint8Array(values) : new Float32Array(values);
      return asSeenByNetworks(copyRows<Float32Array | Uint8Array>(rows, data, positions, size));
    },
  };
}

function readFrom(file: RowFile): Pick<SampleSet, 'gather' | 'fetch'> {
  return {
    gather: (positions) => asSeenByNetworks(pixelsOrPoints(file.read(positions))),
    fetch: async (positions) => asSeenByNetworks(pixelsOrPoints(await file.readAhead(positions))),
  };
}

function pixelsOrPoints(data: NpyData): Float32Array | Uint8Array {
  invariant(data instanceof Float32Array || data instanceof Uint8Array, 'samples are float32 or uint8');
  return data;
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

import { formatCount } from '../../base/format.js';
import { required } from '../../base/invariant.js';
import { StageProblem } from '../../execute/contract.js';
import type { DatasetSpec } from '../../spec/datasets.js';
import { downloadAgain, readDataFile } from './data-file.js';
import { resized } from './resize.js';
import { type ImageShape, imageSource, type ImageSource } from './sample-source.js';

type Cifar10Spec = Extract<DatasetSpec, { type: 'cifar10' }>;

const shape: ImageShape = [32, 32, 3];
const planeBytes = 32 * 32;
/** The label, then the red, the green and the blue plane. */
const recordBytes = 1 + 3 * planeBytes;
const classes = 10;

/**
 * Colour images and their labels, in the binary version of CIFAR-10 (Krizhevsky 2009).
 * @throws StageProblem when a file is missing, damaged or another.
 */
export async function openCifar10(spec: Cifar10Spec): Promise<ImageSource> {
  const records: Uint8Array[] = [];
  for (const [index, path] of spec.files.entries()) {
    records.push(...recordsOf(await readDataFile(path, ['files', index]), path, index));
  }
  const labels = Int32Array.from(records, (record) => record[0] ?? 0);
  const stored = (position: number): Uint8Array =>
    channelsLast(required(records[position], 'record at a position below the count'));
  const side = spec.resize;
  return side === undefined
    ? imageSource(shape, records.length, stored, { labels, classes })
    : imageSource([side, side, 3], records.length, (position) => resized(stored(position), shape, side), {
        labels,
        classes,
      });
}

function recordsOf(bytes: Uint8Array, path: string, file: number): readonly Uint8Array[] {
  const field = ['files', file];
  const count = bytes.length / recordBytes;
  if (count === 0 || !Number.isInteger(count)) {
    throw new StageProblem(
      `${path} holds ${formatCount(bytes.length)} bytes, which is no multiple of the ` +
        `${formatCount(recordBytes)} that each image takes (10,000 of them take ${formatCount(10_000 * recordBytes)})`,
      field,
      `Name a batch of CIFAR-10’s binary version. ${downloadAgain}`,
    );
  }
  return Array.from({ length: count }, (_, index) => {
    const record = bytes.subarray(index * recordBytes, (index + 1) * recordBytes);
    const label = record[0] ?? 0;
    if (label >= classes) {
      throw new StageProblem(
        `${path} is not a batch of CIFAR-10: image ${index} is of class ${label}, and there are 0 to ${classes - 1}`,
        field,
        'Name a batch of CIFAR-10’s binary version.',
      );
    }
    return record;
  });
}

/** The pixels of a record, NHWC. */
function channelsLast(record: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(3 * planeBytes);
  for (let channel = 0; channel < 3; channel++) {
    const plane = 1 + channel * planeBytes;
    for (let pixel = 0; pixel < planeBytes; pixel++) {
      pixels[3 * pixel + channel] = record[plane + pixel] ?? 0;
    }
  }
  return pixels;
}

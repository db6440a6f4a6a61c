import { formatCount, plural } from '../../base/format.js';
import { sizeOf } from '../../base/shape.js';
import { StageProblem } from '../../execute/contract.js';
import type { DatasetSpec } from '../../spec/datasets.js';
import { downloadAgain, readDataFile } from './data-file.js';
import { resized } from './resize.js';
import { type ImageShape, imageSource, type ImageSource } from './sample-source.js';

type IdxSpec = Extract<DatasetSpec, { type: 'idx' }>;

/** Two zero bytes, the element type (8: unsigned byte) and the number of dimensions. */
const magics = { images: 0x00000803, labels: 0x00000801 } as const;
type Content = keyof typeof magics;

/**
 * Grey images and their labels, in the IDX format of the MNIST page (LeCun, Cortes and Burges 1998): a magic
 * number, each dimension as a big-endian 32-bit integer, then the elements.
 *
 * @throws StageProblem when a file is missing, damaged or another, or the two do not belong together.
 */
export async function openIdx(spec: IdxSpec): Promise<ImageSource> {
  const { sizes, elements: pixels } = await readIdx(spec.images, 'images');
  const [count = 0, height = 0, width = 0] = sizes;
  const labels = spec.labels === undefined ? undefined : await readLabels(spec.labels, count);

  const shape: ImageShape = [height, width, 1];
  const stored = (position: number): Uint8Array =>
    pixels.subarray(position * height * width, (position + 1) * height * width);
  const side = spec.resize;
  return side === undefined
    ? imageSource(shape, count, stored, labels)
    : imageSource([side, side, 1], count, (position) => resized(stored(position), shape, side), labels);
}

async function readLabels(path: string, images: number): Promise<{ labels: Int32Array; classes: number }> {
  const { elements } = await readIdx(path, 'labels');
  if (elements.length !== images) {
    throw new StageProblem(
      `${path} holds ${plural(elements.length, 'label')}; there are ${plural(images, 'image')}`,
      ['labels'],
      'Name the labels that belong to the images: both of the training set, or both of the test set.',
    );
  }
  return {
    labels: Int32Array.from(elements),
    classes: elements.reduce((most, label) => Math.max(most, label), 0) + 1,
  };
}

async function readIdx(
  path: string,
  content: Content,
): Promise<{ sizes: readonly number[]; elements: Uint8Array }> {
  const bytes = await readDataFile(path, [content]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkMagic(view, path, content);

  const dimensions = magics[content] & 0xff;
  const start = 4 * (1 + dimensions);
  if (bytes.length < start) {
    throw new StageProblem(`${path} ends inside its IDX header`, [content], downloadAgain);
  }
  const sizes = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 * (1 + index)));
  const expected = sizeOf(sizes);
  const found = bytes.length - start;
  if (expected === 0) {
    throw new StageProblem(`${path} holds no ${content}`, [content], downloadAgain);
  }
  if (found !== expected) {
    const [count = 0, ...image] = sizes;
    const size = image.length === 0 ? '' : ` of ${image.join(' x ')}`;
    throw new StageProblem(
      `${path} holds ${formatCount(found)} bytes of ${content} where its header announces ` +
        `${formatCount(count)}${size}, which take ${formatCount(expected)}`,
      [content],
      downloadAgain,
    );
  }
  return { sizes, elements: bytes.subarray(start) };
}

function checkMagic(view: DataView, path: string, content: Content): void {
  const magic = view.byteLength < 4 ? undefined : view.getUint32(0);
  if (magic === magics[content]) return;
  const other: Content = content === 'images' ? 'labels' : 'images';
  if (magic === magics[other]) {
    throw new StageProblem(
      `${path} is an IDX file of ${other}, not of ${content}`,
      [content],
      'Exchange the two, or name the other file.',
    );
  }
  const beginning = magic === undefined ? `${view.byteLength} bytes` : hexadecimal(magic);
  throw new StageProblem(
    `${path} is not an IDX file of ${content}: it begins with ${beginning}, not ${hexadecimal(magics[content])}`,
    [content],
    'Name an IDX file of unsigned bytes, as MNIST’s are, gzipped or not.',
  );
}

function hexadecimal(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`;
}

import sharp from 'sharp';

import { invariant, required } from '../../base/invariant.js';

/** In pixels of the picture. Small images are enlarged until a grid of them is this wide. */
const wantedWidth = 512;
const gap = 2;
/** Neither black nor white: images often end in either, and should be seen to end. */
const background = { r: 128, g: 128, b: 128 };

export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The positions of so many images, row by row on a grid as near to square as their number allows. */
export function nearSquare(count: number): readonly (readonly number[])[] {
  const columns = Math.ceil(Math.sqrt(count));
  return Array.from({ length: Math.ceil(count / columns) }, (_, row) =>
    Array.from({ length: Math.min(columns, count - row * columns) }, (_, column) => row * columns + column),
  );
}

/** A picture that is higher for its width is hardly seen in one look. */
const mostRowsAColumn = 4;

/**
 * The positions of images, those of each class in a row of their own; of classes that there are. Where that would be a tower, as of
 * many classes with an image or two each, one class after another on a near-square grid.
 */
export function rowsByClass(labels: Int32Array): readonly (readonly number[])[] {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const rows = classes.map((label) => [...labels.keys()].filter((position) => labels[position] === label));
  const columns = Math.max(0, ...rows.map(({ length }) => length));
  if (rows.length <= mostRowsAColumn * columns) return rows;
  const inOrder = rows.flat();
  return nearSquare(labels.length).map((row) => row.map((place) => required(inOrder[place], 'an image')));
}

/**
 * Images on a grid, each pixel a block of pixels.
 * @param values from -1 (black) to 1; what lies outside is shown at the limit, and NaN black
 * @param rows positions of images, from left to right
 */
export async function imageGrid(
  values: Float32Array,
  rows: readonly (readonly number[])[],
  size: ImageSize,
): Promise<Uint8Array> {
  const columns = Math.max(0, ...rows.map(({ length }) => length));
  invariant(columns > 0, 'a grid has images');
  invariant(size.channels === 1 || size.channels === 3, `images have 1 or 3 channels, not ${size.channels}`);
  const scale = Math.max(1, Math.ceil((wantedWidth / columns - gap) / size.width));
  const width = columns * (size.width * scale + gap) + gap;
  const height = rows.length * (size.height * scale + gap) + gap;

  const pixels = new Uint8Array(3 * width * height).fill(background.r);
  const cells = rows.flatMap((images, row) => images.map((image, column) => ({ image, row, column })));
  for (const { image, row, column } of cells) {
    const top = gap + row * (size.height * scale + gap);
    const left = gap + column * (size.width * scale + gap);
    for (let y = 0; y < size.height * scale; y++) {
      for (let x = 0; x < size.width * scale; x++) {
        const pixel = (image * size.height + Math.floor(y / scale)) * size.width + Math.floor(x / scale);
        const target = 3 * ((top + y) * width + left + x);
        for (let channel = 0; channel < 3; channel++) {
          // A grey image has its one channel in all three.
          const value = values[pixel * size.channels + (channel % size.channels)] ?? 0;
          pixels[target + channel] = Math.min(255, Math.max(0, Math.round((value + 1) * 127.5)));
        }
      }
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

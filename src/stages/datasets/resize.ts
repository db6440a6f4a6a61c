import sharp, { type ResizeOptions } from 'sharp';

import type { ImageShape } from './sample-source.js';

/**
 * How every dataset's images are resized: the shorter side to `side`, bicubic (Catmull-Rom) over the whole
 * footprint of a target pixel, so without aliasing; then the middle of the longer side.
 */
export const resizing: ResizeOptions = {
  fit: 'cover',
  position: 'centre',
  kernel: 'cubic',
  // JPEG's own shrinking is a box filter, which would make a picture's pixels depend on its file format.
  fastShrinkOnLoad: false,
};

/**
 * @param pixels of one image, row after row, channels last
 * @param shape 1 or 3 channels
 */
export async function resized(pixels: Uint8Array, shape: ImageShape, side: number): Promise<Uint8Array> {
  const [height, width, channels] = shape;
  return sharp(pixels, { raw: { height, width, channels: channels === 1 ? 1 : 3 } })
    .resize(side, side, resizing)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer();
}

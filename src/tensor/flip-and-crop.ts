import { required } from '../base/invariant.js';
import { RandomStream, type StreamName } from '../base/streams.js';
import type { SampleShape } from '../networks/shape.js';

/** Random changes of real images before a critic step: data augmentation. */
export interface FlipAndCrop {
  /** Whether each image is mirrored, left to right, with probability 1/2. */
  readonly flip: boolean;
  /** How many pixels an image is moved by at most, up or down and right or left; 0 for not at all. */
  readonly crop: number;
}

const black = -1;

/**
 * What a crop of the image with a black border around it shows, of the image's size and anywhere within, all places equally
 * likely; and then its mirror image, if it is to be flipped.
 *
 * @param images [batch, height, width, channels], row-major, from -1 to 1.
 * @param stream `counter`: which batch; `purpose`: of the batch, as `critic`. Flips and crops have streams of their own.
 */
export function flippedAndCropped(
  images: Float32Array,
  shape: SampleShape,
  { flip, crop }: FlipAndCrop,
  { purpose, ...stream }: StreamName,
): Float32Array {
  const [height, width, channels] = sizesOf(shape);
  const size = height * width * channels;
  const flips = new RandomStream({ ...stream, purpose: `flip/${purpose}` });
  const moves = new RandomStream({ ...stream, purpose: `crop/${purpose}` });
  const moved = (): number => (crop === 0 ? 0 : moves.integerBelow(2 * crop + 1) - crop);
  const changed = new Float32Array(images.length).fill(black);
  for (let start = 0; start < images.length; start += size) {
    const isFlipped = flip && flips.integerBelow(2) === 1;
    const [down, right] = [moved(), moved()];
    // Columns of the result that the image reaches.
    const [first, end] = [Math.max(0, -right), Math.min(width, width - right)];
    for (let row = Math.max(0, -down); row < Math.min(height, height - down); row += 1) {
      const from = start + ((row + down) * width + right) * channels;
      const to = start + row * width * channels;
      if (!isFlipped) {
        const seen = images.subarray(from + first * channels, from + end * channels);
        changed.set(seen, to + first * channels);
        continue;
      }
      for (let column = first; column < end; column += 1) {
        const pixel = images.subarray(from + column * channels, from + (column + 1) * channels);
        changed.set(pixel, to + (width - 1 - column) * channels);
      }
    }
  }
  return changed;
}

function sizesOf(shape: SampleShape): readonly [number, number, number] {
  const [height, width, channels] = [0, 1, 2].map((axis) => required(shape[axis], 'an image has three axes'));
  return [height ?? 0, width ?? 0, channels ?? 0];
}

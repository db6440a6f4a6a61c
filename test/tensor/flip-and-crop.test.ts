import { describe, expect, test } from 'vitest';

import { flippedAndCropped, type FlipAndCrop } from '../../src/tensor/flip-and-crop.js';

/** So many images, all of them like this. */
const copies = (count: number, image: readonly number[]) =>
  Float32Array.from(Array.from({ length: count }, () => image).flat());

function changed(
  count: number,
  image: readonly number[],
  shape: readonly number[],
  how: FlipAndCrop,
  stream: { readonly counter?: number; readonly attempt?: number; readonly purpose?: string } = {},
) {
  const values = flippedAndCropped(copies(count, image), shape, how, {
    seed: 1,
    purpose: 'batches',
    ...stream,
  });
  return Array.from({ length: count }, (_, row) => [
    ...values.subarray(row * image.length, (row + 1) * image.length),
  ]);
}

/** How often each of the images was found. */
function counts(images: readonly (readonly number[])[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const image of images) found.set(image.join(), (found.get(image.join()) ?? 0) + 1);
  return found;
}

// Two rows of three pixels of two channels.
const wide = [...[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], ...[-0.1, -0.2, -0.3, -0.4, -0.5, -0.6]].map(Math.fround);
const mirrored = [...[0.5, 0.6, 0.3, 0.4, 0.1, 0.2], ...[-0.5, -0.6, -0.3, -0.4, -0.1, -0.2]].map(
  Math.fround,
);

describe('a flip', () => {
  test('mirrors whole pixels from left to right, in half of the images', () => {
    const found = counts(changed(2000, wide, [2, 3, 2], { flip: true, crop: 0 }));
    expect([...found.keys()].sort()).toEqual([wide.join(), mirrored.join()].sort());
    // Five standard deviations of a fair coin.
    for (const count of found.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(500));
  });

  test('that is not asked for changes nothing', () => {
    expect(changed(3, wide, [2, 3, 2], { flip: false, crop: 0 })).toEqual([wide, wide, wide]);
  });
});

describe('a crop', () => {
  // One pixel of 2x2 is moved out of view in 7 of 9 ways.
  const square = [0.1, 0.2, 0.3, 0.4].map(Math.fround);
  const [a, b, c, d] = square as [number, number, number, number];
  const moves = [
    [-1, -1, -1, a],
    [-1, -1, a, b],
    [-1, -1, b, -1],
    [-1, a, -1, c],
    [a, b, c, d],
    [b, -1, d, -1],
    [-1, c, -1, -1],
    [c, d, -1, -1],
    [d, -1, -1, -1],
  ];

  test('moves an image by each number of pixels equally often, and shows black beside it', () => {
    const found = counts(changed(9000, square, [2, 2, 1], { flip: false, crop: 1 }));
    expect([...found.keys()].sort()).toEqual(moves.map((move) => move.join()).sort());
    for (const count of found.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(8000 / 9));
  });

  test('together with a flip gives the mirror images, too', () => {
    const found = counts(changed(2000, square, [2, 2, 1], { flip: true, crop: 1 }));
    const mirror = ([p = 0, q = 0, r = 0, s = 0]: readonly number[]) => [q, p, s, r];
    const all = new Set([...moves, ...moves.map(mirror)].map((image) => image.join()));
    expect(new Set(found.keys())).toEqual(all);
  });
});

describe('what is done', () => {
  const both = { flip: true, crop: 1 };
  const first = changed(64, wide, [2, 3, 2], both, { counter: 7 });

  test('depends on the batch, the try and its purpose, and on nothing else', () => {
    expect(changed(64, wide, [2, 3, 2], both, { counter: 7 })).toEqual(first);
    for (const other of [
      { counter: 8 },
      { counter: 7, attempt: 1 },
      { counter: 7, purpose: 'batches/probe' },
    ]) {
      expect(changed(64, wide, [2, 3, 2], both, other)).not.toEqual(first);
    }
  });

  test('does not depend on how many images follow, and flips are the same with and without a crop', () => {
    expect(changed(8, wide, [2, 3, 2], both, { counter: 7 })).toEqual(first.slice(0, 8));
    const flipped = changed(64, wide, [2, 3, 2], { flip: true, crop: 0 }, { counter: 7 });
    const isFlipped = flipped.map((image) => image.join() === mirrored.join());
    // An image that is not moved shows whether it is flipped.
    const still = first.flatMap((image, row) =>
      image.includes(-1) ? [] : [[image.join() === mirrored.join(), isFlipped[row]]],
    );
    expect(still.length).toBeGreaterThan(3);
    for (const [withCrop, without] of still) expect(withCrop).toBe(without);
  });
});

import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

import { samplesPicture } from '../../src/stages/pictures.js';

interface Decoded {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): readonly number[];
}

async function decoded(png: Uint8Array): Promise<Decoded> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return {
    width,
    height,
    at: (x, y) => [...data.subarray(channels * (y * width + x), channels * (y * width + x) + 3)],
  };
}

describe('samplesPicture of images', () => {
  it('puts them row by row on a near-square grid, each pixel a block, grey between', async () => {
    // Five images of 2 x 3 on a grid of 3 x 2. Scale: (512 / 3 - 2) / 3 = 56.2, rounded up.
    const [height, width, scale, gap] = [2, 3, 57, 2];
    const values = Float32Array.from({ length: 5 * height * width }, (_, index) => (8 * index) / 127.5 - 1);
    const picture = await decoded(await samplesPicture({ shape: [height, width, 1], count: 5, values }));
    expect([picture.width, picture.height]).toEqual([
      3 * width * scale + 4 * gap,
      2 * height * scale + 3 * gap,
    ]);
    for (let index = 0; index < values.length; index++) {
      const [image, pixel] = [Math.floor(index / 6), index % 6];
      const left = gap + (image % 3) * (width * scale + gap) + (pixel % width) * scale;
      const top = gap + Math.floor(image / 3) * (height * scale + gap) + Math.floor(pixel / width) * scale;
      const grey = 8 * index;
      for (const [x, y] of [
        [left, top],
        [left + scale - 1, top + scale - 1],
      ] as const) {
        expect(picture.at(x, y)).toEqual([grey, grey, grey]);
      }
    }
    expect(picture.at(0, 0)).toEqual([128, 128, 128]);
    expect(picture.at(picture.width - 10, picture.height - 10)).toEqual([128, 128, 128]);
  });

  it('has a row for each class that is shown, of as many images as there are of it', async () => {
    // Greys 0, 50, ... of five images of one pixel, of classes 7, 2, 7, 2 and 7.
    const values = Float32Array.from({ length: 5 }, (_, index) => (50 * index) / 127.5 - 1);
    const labels = Int32Array.of(7, 2, 7, 2, 7);
    const picture = await decoded(await samplesPicture({ shape: [1, 1, 1], count: 5, values, labels }));
    const cell = (row: number, column: number) =>
      picture.at(
        Math.floor(((column + 0.5) * picture.width) / 3),
        Math.floor(((row + 0.5) * picture.height) / 2),
      )[0];
    expect([0, 1, 2].map((column) => cell(0, column))).toEqual([50, 150, 128]);
    expect([0, 1, 2].map((column) => cell(1, column))).toEqual([0, 100, 200]);
  });

  it('has one class after another on a near-square grid where rows of them would be a tower', async () => {
    // Greys 0, 20, ... of twelve images of one pixel, of classes 0, 1, ..., 8, 0, 1 and 2.
    const values = Float32Array.from({ length: 12 }, (_, index) => (20 * index) / 127.5 - 1);
    const labels = Int32Array.from({ length: 12 }, (_, index) => index % 9);
    const picture = await decoded(await samplesPicture({ shape: [1, 1, 1], count: 12, values, labels }));
    const side = picture.width / 4;
    expect(picture.height).toBeLessThan(picture.width);
    const shown = Array.from({ length: 12 }, (_, place) => {
      const [row, column] = [Math.floor(place / 4), place % 4];
      return (picture.at(Math.floor((column + 0.5) * side), Math.floor((row + 0.5) * side))[0] ?? NaN) / 20;
    });
    expect(shown).toEqual([0, 9, 1, 10, 2, 11, 3, 4, 5, 6, 7, 8]);
  });

  it('shows colours, and what is out of range at the limit', async () => {
    const values = Float32Array.of(-5, 0.2, 7, Number.NaN, -1, 1);
    const picture = await decoded(await samplesPicture({ shape: [1, 2, 3], count: 1, values }));
    const middle = Math.round(1.2 * 127.5);
    expect(picture.at(10, 10)).toEqual([0, middle, 255]);
    expect(picture.at(picture.width - 10, 10)).toEqual([0, 0, 255]);
  });

  it('leaves large images at their size, and makes a page of digits at least 512 pixels wide', async () => {
    const large = new Float32Array(600 * 600);
    const one = await decoded(await samplesPicture({ shape: [600, 600, 1], count: 1, values: large }));
    expect([one.width, one.height]).toEqual([604, 604]);
    const digits = new Float32Array(64 * 28 * 28);
    const page = await decoded(await samplesPicture({ shape: [28, 28, 1], count: 64, values: digits }));
    expect(page.width).toBe(8 * (28 * 3 + 2) + 2);
  });
});

describe('samplesPicture of points', () => {
  const square = Float32Array.of(-1, -1, 1, -1, 1, 1, -1, 1);
  // 512 pixels with a margin of 12; the view is larger than the reference by 12 % of its side on each side.
  const place = (value: number): number => Math.round(256 + (value / (1 + 2 * 0.12)) * 244);

  const isBlue = ([red = 0, , blue = 0]: readonly number[]): boolean => blue - red > 60;
  const isRed = ([red = 0, , blue = 0]: readonly number[]): boolean => red - blue > 60;

  it('shows samples in blue over the reference in grey, in the part of the plane of the reference', async () => {
    const values = Float32Array.of(0.5, 0.25, 9, 0, Number.NaN, 0);
    const picture = await decoded(
      await samplesPicture({ shape: [2], count: 3, values }, { reference: square }),
    );
    expect([picture.width, picture.height]).toEqual([512, 512]);
    expect(isBlue(picture.at(place(0.5), 512 - place(0.25)))).toBe(true);
    const [red = 0, green = 0, blue = 0] = picture.at(place(1), 512 - place(1));
    expect(red).toBeLessThan(230);
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(30);
    // Far outside to the right: red, on the edge.
    expect(isRed(picture.at(499, 256))).toBe(true);
    expect(picture.at(place(0) + 20, place(0) + 20)).toEqual([255, 255, 255]);
  });

  it('is the same to the byte for the same samples', async () => {
    const samples = { shape: [2], count: 4, values: square };
    const [first, second] = [await samplesPicture(samples), await samplesPicture(samples)];
    expect(Buffer.from(first).equals(second)).toBe(true);
  });

  it('draws a single point and nothing but infinities', async () => {
    const one = { shape: [2], count: 1, values: Float32Array.of(1e6, -3) };
    expect(isBlue((await decoded(await samplesPicture(one))).at(256, 256))).toBe(true);
    const none = { shape: [2], count: 1, values: Float32Array.of(Infinity, -Infinity) };
    expect((await decoded(await samplesPicture(none))).width).toBe(512);
  });
});

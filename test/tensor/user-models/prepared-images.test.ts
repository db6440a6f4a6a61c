import { readFileSync } from 'node:fs';

import { beforeAll, describe, expect, it } from 'vitest';

import { loadBackend } from '../../../src/tensor/backend.js';
import {
  pixelLevels,
  type Preparation,
  preparedImages,
} from '../../../src/tensor/user-models/prepared-images.js';

interface Resizing {
  readonly title: string;
  readonly shape: readonly [number, number, number];
  readonly size: number;
  /** Two images of 8 bits, in base 64. */
  readonly pixels: string;
  readonly tf1_bilinear: readonly number[];
  readonly bilinear: readonly number[];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/referees/resizing.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Resizing[] };

const plain: Preparation = {
  round: 'uint8',
  grey: 'refuse',
  resize: 'tf1_bilinear',
  mean: [0],
  std: [1],
  layout: 'nhwc',
};

const seen = (levels: ArrayLike<number>): Float32Array =>
  Float32Array.from(levels, (level) => level / 127.5 - 1);

function prepared(values: Float32Array, shape: Resizing['shape'], change: Partial<Preparation> = {}) {
  const images = preparedImages(values, shape, { ...plain, ...change });
  const found = { shape: images.shape, values: [...images.dataSync()] };
  images.dispose();
  return found;
}

beforeAll(() => loadBackend('native', 2));

describe('resizing', () => {
  it.each(cases)('$title: is torch-fidelity’s, and PyTorch’s', ({ shape, size, pixels, ...expected }) => {
    const values = seen(Buffer.from(pixels, 'base64'));
    for (const resize of ['tf1_bilinear', 'bilinear'] as const) {
      const found = prepared(values, shape, { size, resize });
      expect(found.shape).toEqual([2, size, size, shape[2]]);
      const worst = Math.max(
        ...found.values.map((value, index) => Math.abs(value - (expected[resize][index] ?? NaN))),
      );
      expect(worst / 255).toBeLessThan(1e-6);
    }
  });

  it('tells the two ways apart: one with half-pixel centres gives other pixels', () => {
    const [larger] = cases;
    const differences =
      larger?.tf1_bilinear.map((value, index) => Math.abs(value - (larger.bilinear[index] ?? NaN))) ?? [];
    expect(Math.max(...differences)).toBeGreaterThan(20);
  });
});

describe('pixels', () => {
  it('are those of the image file, however they were scaled in between', () => {
    const levels = Float32Array.from({ length: 256 }, (_, level) => level);
    expect(pixelLevels(seen(levels), 'uint8')).toEqual(levels);
  });

  it('are rounded to the nearest whole one before they are resized, and never after', () => {
    const values = seen([0.4, 0.6, 254.3, 300]);
    expect(prepared(values, [2, 2, 1]).values).toEqual([0, 1, 254, 255]);
    const unrounded = prepared(values, [2, 2, 1], { round: 'none' }).values;
    for (const [index, level] of [0.4, 0.6, 254.3, 255].entries())
      expect(unrounded[index]).toBeCloseTo(level, 4);
    // Halfway between 0 and 1, and between 254 and 255.
    const { values: resized } = prepared(values, [2, 2, 1], { size: 4 });
    expect(resized.slice(0, 2)).toEqual([0, 0.5]);
  });

  it('are scaled by one number, or by one for each channel', () => {
    const values = seen([0, 128, 255]);
    expect(prepared(values, [1, 1, 3], { mean: [128], std: [128] }).values).toEqual([-1, 0, 127 / 128]);
    expect(prepared(values, [1, 1, 3], { mean: [0, 28, 55], std: [1, 50, 100] }).values).toEqual([0, 2, 2]);
  });

  it('of grey images are three equal channels where that is wanted', () => {
    const values = seen([10, 20]);
    expect(prepared(values, [1, 2, 1], { grey: 'repeat' })).toEqual({
      shape: [1, 1, 2, 3],
      values: [10, 10, 10, 20, 20, 20],
    });
    expect(prepared(values, [1, 2, 1]).shape).toEqual([1, 1, 2, 1]);
  });

  it('come channel by channel where that is wanted', () => {
    const values = seen([1, 2, 3, 4, 5, 6]);
    expect(prepared(values, [1, 2, 3], { layout: 'nchw' })).toEqual({
      shape: [1, 3, 1, 2],
      values: [1, 4, 2, 5, 3, 6],
    });
  });
});

import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { multiscaleSimilarity } from '../../src/metrics/multiscale-similarity.js';
import type { ImageSize } from '../../src/metrics/spectrum-distance.js';
import { normalSamples, numberOf, relativeError, samplesOf } from './fixtures.js';

const path = new URL('../fixtures/referees/multiscale_similarity.json', import.meta.url);
const { referee, cases } = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly referee: string;
  readonly cases: readonly {
    readonly title: string;
    readonly size: ImageSize;
    readonly levels: readonly [readonly number[], readonly number[]];
    readonly similarity: number;
  }[];
};
const onePair = [Int32Array.of(0, 1)];
const imagesOf = (levels: readonly (readonly number[])[]) =>
  samplesOf(
    levels.flat().map((level) => level / 127.5 - 1),
    levels[0]?.length ?? 0,
  );

describe('multiscaleSimilarity', () => {
  // The referee computes in float32.
  it.each(cases)(`equals ${referee}: $title`, ({ size, levels, similarity }) => {
    const value = numberOf(multiscaleSimilarity(imagesOf(levels), 'generated', size, onePair));
    expect(relativeError(value, similarity)).toBeLessThan(1e-5);
  });

  it('is 1 of equal images, on all five scales', () => {
    const one = normalSamples('image', 1, 176 * 176).values.map((value) => Math.tanh(value));
    const twice = samplesOf([...one, ...one], 176 * 176);
    expect(numberOf(multiscaleSimilarity(twice, 'generated', [176, 176, 1], onePair))).toBeCloseTo(1, 12);
  });

  it('of flat images on one scale, is the term of luminance', () => {
    const flat = samplesOf(
      Array.from({ length: 2 * 121 }, (_, at) => (at < 121 ? 0 : 0.5)),
      121,
    );
    // Pixels of 1/2 and 3/4; contrast and structure are 1.
    const expected = (2 * 0.5 * 0.75 + 1e-4) / (0.5 ** 2 + 0.75 ** 2 + 1e-4);
    expect(numberOf(multiscaleSimilarity(flat, 'generated', [11, 11, 1], onePair))).toBeCloseTo(expected, 12);
  });

  it('is the mean over pairs, and does not depend on the order within one', () => {
    const samples = normalSamples('images', 3, 144);
    const of = (...pairs: readonly (readonly [number, number])[]) =>
      numberOf(
        multiscaleSimilarity(
          samples,
          'generated',
          [12, 12, 1],
          pairs.map((pair) => Int32Array.from(pair)),
        ),
      );
    expect(of([0, 1], [2, 0])).toBeCloseTo((of([1, 0]) + of([0, 2])) / 2, 12);
  });

  it('has no number for images below the window, nor for pixels that are none', () => {
    const small = normalSamples('small', 2, 100);
    expect(multiscaleSimilarity(small, 'generated', [10, 10, 1], onePair)).toMatchObject({
      error: {
        message:
          'images of 10 x 10 pixels are smaller than the window of 11 x 11 that similarity is seen through',
      },
    });
    const broken = samplesOf(
      Array.from({ length: 242 }, (_, at) => (at === 130 ? NaN : 0)),
      121,
    );
    expect(multiscaleSimilarity(broken, 'reference', [11, 11, 1], onePair)).toMatchObject({
      error: { message: 'component 9 of reference sample 1 is NaN' },
    });
  });
});

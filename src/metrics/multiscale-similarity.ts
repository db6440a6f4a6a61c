import { err, ok, type Result } from '../base/result.js';
import { finite, type MetricRefusal, type Samples } from './samples.js';
import type { ImageSize } from './spectrum-distance.js';

/** Of one channel, row by row. */
interface Plane {
  readonly height: number;
  readonly width: number;
  readonly values: Float64Array;
}

/** Exponents of the scales, from the finest (Wang et al. 2003, section 3.2). */
const exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
/** Pixels of the Gaussian window's side, and its standard deviation (Wang et al. 2004, section III.B). */
const [windowSide, windowDeviation] = [11, 1.5];
/** (K1 L)^2 and (K2 L)^2 with a range L of 1. */
const [luminanceFloor, contrastFloor] = [0.01 ** 2, 0.03 ** 2];

/**
 * How alike pairs of images of one set are, on average: the multi-scale structural similarity of Wang, Simoncelli and Bovik 2003,
 * "Multiscale structural similarity for image quality assessment", equation 7, of pixels in [0, 1], each channel by itself. With
 * x and y halved by means of 2x2 pixels from scale to scale, it is
 *
 *     l_M(x, y)^a_M prod_j (cs_j(x, y))^a_j
 *
 * on as many of the five scales as the window of 11 pixels fits into; their exponents a are made to sum to 1. A negative
 * contrast-structure term counts as 0. In [0, 1]: 1 of equal images. A generator that makes few images has more alike pairs than the
 * data (Odena et al. 2017, "Conditional Image Synthesis with Auxiliary Classifier GANs", section 4.2).
 *
 * @param pairs of indices into the samples, which are pixels in [-1, 1]
 */
export function multiscaleSimilarity(
  samples: Samples,
  role: 'generated' | 'reference',
  size: ImageSize,
  pairs: readonly Int32Array[],
): Result<number, MetricRefusal> {
  const usable = finite(samples, role);
  if (!usable.ok) return usable;
  const [height, width, channels] = size;
  const side = Math.min(height, width);
  if (side < windowSide) {
    return err({
      message: `images of ${height} x ${width} pixels are smaller than the window of ${windowSide} x ${windowSide} that similarity is seen through`,
      help: `Use images of ${windowSide} x ${windowSide} pixels and more.`,
    });
  }
  const scales = Math.min(exponents.length, Math.floor(Math.log2(side / windowSide)) + 1);
  let sum = 0;
  for (const [a = 0, b = 0] of pairs) {
    for (let channel = 0; channel < channels; channel++) {
      sum += similarity(plane(samples, size, a, channel), plane(samples, size, b, channel), scales);
    }
  }
  return ok(sum / (pairs.length * channels));
}

function plane({ dimensions, values }: Samples, size: ImageSize, sample: number, channel: number): Plane {
  const [height, width, channels] = size;
  const start = sample * dimensions + channel;
  return {
    height,
    width,
    values: Float64Array.from(
      { length: height * width },
      (_, pixel) => ((values[start + pixel * channels] ?? 0) + 1) / 2,
    ),
  };
}

function similarity(x: Plane, y: Plane, scales: number): number {
  const total = exponents.slice(0, scales).reduce((sum, exponent) => sum + exponent, 0);
  let product = 1;
  let [a, b] = [x, y];
  for (let scale = 0; scale < scales; scale++) {
    const exponent = (exponents[scale] ?? 0) / total;
    const isCoarsest = scale === scales - 1;
    product *= Math.max(0, meanTerm(a, b, isCoarsest)) ** exponent;
    if (!isCoarsest) [a, b] = [halved(a), halved(b)];
  }
  return product;
}

/** The mean over all places of the window of the contrast-structure term, times that of luminance if it is asked for. */
function meanTerm(x: Plane, y: Plane, withLuminance: boolean): number {
  const product = (a: Plane, b: Plane): Plane => ({
    ...a,
    values: a.values.map((value, index) => value * (b.values[index] ?? 0)),
  });
  const [ofX, ofY] = [windowed(x), windowed(y)];
  const [ofXX, ofYY, ofXY] = [windowed(product(x, x)), windowed(product(y, y)), windowed(product(x, y))];
  let sum = 0;
  for (const [place, meanX] of ofX.entries()) {
    const meanY = ofY[place] ?? 0;
    const [means, squares] = [2 * meanX * meanY, meanX ** 2 + meanY ** 2];
    const contrast =
      (2 * (ofXY[place] ?? 0) - means + contrastFloor) /
      ((ofXX[place] ?? 0) + (ofYY[place] ?? 0) - squares + contrastFloor);
    sum += withLuminance ? (contrast * (means + luminanceFloor)) / (squares + luminanceFloor) : contrast;
  }
  return sum / ofX.length;
}

const windowWeights = (() => {
  const weights = Array.from({ length: windowSide }, (_, index) =>
    Math.exp(-((index - (windowSide - 1) / 2) ** 2) / (2 * windowDeviation ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
})();

/** Means under the window, wherever all of it lies inside: first along rows, then along columns. */
function windowed({ height, width, values }: Plane): Float64Array {
  const [outHeight, outWidth] = [height - windowSide + 1, width - windowSide + 1];
  const rows = new Float64Array(height * outWidth);
  const means = new Float64Array(outHeight * outWidth);
  for (const [shift, weight] of windowWeights.entries()) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < outWidth; column++) {
        const place = row * outWidth + column;
        rows[place] = (rows[place] ?? 0) + weight * (values[row * width + column + shift] ?? 0);
      }
    }
  }
  for (const [shift, weight] of windowWeights.entries()) {
    for (let place = 0; place < means.length; place++) {
      means[place] = (means[place] ?? 0) + weight * (rows[place + shift * outWidth] ?? 0);
    }
  }
  return means;
}

/** Means of 2x2 pixels; the last row or column of an odd number counts twice. */
function halved({ height, width, values }: Plane): Plane {
  const half = { height: Math.ceil(height / 2), width: Math.ceil(width / 2) };
  return {
    ...half,
    values: Float64Array.from({ length: half.height * half.width }, (_, place) => {
      const [row, column] = [2 * Math.floor(place / half.width), 2 * (place % half.width)];
      const [below, right] = [Math.min(row + 1, height - 1), Math.min(column + 1, width - 1)];
      const at = (r: number, c: number) => values[r * width + c] ?? 0;
      return (at(row, column) + at(row, right) + at(below, column) + at(below, right)) / 4;
    }),
  };
}

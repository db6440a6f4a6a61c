import { imageGrid, nearSquare, rowsByClass } from './pictures/image-grid.js';
import { scatter } from './pictures/scatter.js';

/** Samples as networks see them: images (NHWC) from -1 to 1, or points of the plane or of the line. */
export interface PicturedSamples {
  /** Of one sample: [2], [1], or [height, width, 1 or 3]. */
  readonly shape: readonly number[];
  readonly count: number;
  readonly values: Float32Array;
  /** The class of each: images of a class are a row of the picture, or stand beside each other where there are many classes. */
  readonly labels?: Int32Array;
}

export interface PictureOptions {
  /** Real points, drawn in grey behind; they alone decide which part of the plane is shown. */
  readonly reference?: Float32Array;
}

/**
 * A PNG of the samples: images side by side, points as a scatter plot.
 *
 * The same shape, count and reference give the same size and the same part of the plane, so the pictures of
 * successive snapshots can be compared.
 */
export async function samplesPicture(
  samples: PicturedSamples,
  options: PictureOptions = {},
): Promise<Uint8Array> {
  const [height = 1, width, channels] = samples.shape;
  if (width !== undefined && channels !== undefined) {
    return imageGrid(samples.values, rowsOf(samples), { height, width, channels });
  }
  if (height === 2) return scatter(samples.values, options.reference);
  const extent = extentOf(options.reference ?? samples.values);
  const { reference } = options;
  return scatter(fannedOut(samples.values, extent), reference && fannedOut(reference, extent));
}

/** Width of the shown part; of no width, 1. */
function extentOf(values: Float32Array): number {
  const finite = values.filter((value) => Number.isFinite(value));
  const extent =
    finite.reduce((high, x) => Math.max(high, x), -Infinity) -
    finite.reduce((low, x) => Math.min(low, x), Infinity);
  return extent > 0 ? extent : 1;
}

/** So that multiples of it are spread as evenly as can be. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;

/** Points of the line as points of the plane: one above another, that they may be seen. */
function fannedOut(values: Float32Array, extent: number): Float32Array {
  const points = new Float32Array(2 * values.length);
  for (const [index, x] of values.entries()) points.set([x, extent * ((index * goldenRatio) % 1)], 2 * index);
  return points;
}

const rowsOf = ({ count, labels }: PicturedSamples): readonly (readonly number[])[] =>
  labels === undefined ? nearSquare(count) : rowsByClass(labels);

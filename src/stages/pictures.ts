import { imageGrid } from './pictures/image-grid.js';
import { scatter } from './pictures/scatter.js';

/** Samples as networks see them: images (NHWC) from -1 to 1, or points of the plane. */
export interface PicturedSamples {
  /** Of one sample: [2], or [height, width, 1 or 3]. */
  readonly shape: readonly number[];
  readonly count: number;
  readonly values: Float32Array;
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
  return width === undefined || channels === undefined
    ? scatter(samples.values, options.reference)
    : imageGrid(samples.values, samples.count, { height, width, channels });
}

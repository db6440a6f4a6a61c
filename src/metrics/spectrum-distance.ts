import { err, ok, type Result } from '../base/result.js';
import { comparable, type MetricRefusal, type Samples } from './samples.js';

/** Of one image, NHWC without the batch. */
export type ImageSize = readonly [height: number, width: number, channels: number];

/** The power that rounding pixels of [-1, 1] to 8 bits adds to each frequency: below it nothing is seen. */
const floor = (2 / 255) ** 2 / 12;

/**
 * How far the radially averaged power spectra of two sets of images are apart, in decibels (after Durall et al. 2020,
 * "Watch your Up-Convolution: CNN Based Generative Deep Neural Networks are Failing to Reproduce Spectral Distributions",
 * section 3): the mean over frequencies k, from 1 to half of the shorter side, of
 *
 *     |10 log10 P(k) - 10 log10 Q(k)|,
 *
 * P(k) being the mean of |F(u, v)|^2 / pixels over images, channels and all u, v with a radius that rounds to k, in cycles a
 * shorter side. Brightness, the frequency 0, is left out. From 0, lower is nearer. Counts may differ.
 */
export function spectrumDistance(
  generated: Samples,
  reference: Samples,
  size: ImageSize,
): Result<number, MetricRefusal> {
  const checked = comparable(generated, reference);
  if (!checked.ok) return checked;
  const [height, width] = size;
  const side = Math.min(height, width);
  if (side < 4) {
    return err({
      message: `images of ${height} x ${width} pixels have no frequencies to compare`,
      help: 'Use images of 4 x 4 pixels and more.',
    });
  }
  const [p, q] = [radialSpectrum(generated, size), radialSpectrum(reference, size)];
  const decibels = (power: number) => 10 * Math.log10(Math.max(power, floor));
  const apart = p.reduce((sum, power, k) => sum + Math.abs(decibels(power) - decibels(q[k] ?? 0)), 0);
  return ok(apart / p.length);
}

/** Mean power at each radius, from 1 to half of the shorter side. */
export function radialSpectrum({ count, dimensions, values }: Samples, size: ImageSize): Float64Array {
  const [height, width, channels] = size;
  const side = Math.min(height, width);
  const [rows, columns] = [waves(height), waves(width)];
  const sums = new Float64Array(Math.floor(side / 2) + 1);
  const entries = new Float64Array(sums.length);
  const plane = new Float64Array(height * width);
  for (let image = 0; image < count; image++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < plane.length; pixel++) {
        plane[pixel] = values[image * dimensions + pixel * channels + channel] ?? 0;
      }
      const { real, imaginary } = transformed(plane, rows, columns);
      for (let v = 0; v < height; v++) {
        for (let u = 0; u < width; u++) {
          const [x, y] = [cycles(u, width), cycles(v, height)];
          const radius = Math.round(Math.hypot(x, y) * side);
          if (radius === 0 || radius >= sums.length) continue;
          const place = v * width + u;
          const power = ((real[place] ?? 0) ** 2 + (imaginary[place] ?? 0) ** 2) / plane.length;
          sums[radius] = (sums[radius] ?? 0) + power;
          entries[radius] = (entries[radius] ?? 0) + 1;
        }
      }
    }
  }
  return sums.map((sum, radius) => sum / (entries[radius] ?? 1)).subarray(1);
}

/** Cycles a pixel, from -1/2 to 1/2. */
function cycles(index: number, length: number): number {
  return (index > length / 2 ? index - length : index) / length;
}

interface Waves {
  readonly length: number;
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

function waves(length: number): Waves {
  const of = (wave: (angle: number) => number) =>
    Float64Array.from({ length }, (_, k) => wave((2 * Math.PI * k) / length));
  return { length, cosine: of(Math.cos), sine: of(Math.sin) };
}

/** The discrete Fourier transform of an image by rows, then by columns. Sides are short, and need not be powers of 2. */
function transformed(
  plane: Float64Array,
  rows: Waves,
  columns: Waves,
): { readonly real: Float64Array; readonly imaginary: Float64Array } {
  const [height, width] = [rows.length, columns.length];
  const across = { real: new Float64Array(plane.length), imaginary: new Float64Array(plane.length) };
  for (let y = 0; y < height; y++) {
    for (let u = 0; u < width; u++) {
      let [real, imaginary] = [0, 0];
      for (let x = 0; x < width; x++) {
        const value = plane[y * width + x] ?? 0;
        const turn = (u * x) % width;
        real += value * (columns.cosine[turn] ?? 0);
        imaginary -= value * (columns.sine[turn] ?? 0);
      }
      across.real[y * width + u] = real;
      across.imaginary[y * width + u] = imaginary;
    }
  }
  const whole = { real: new Float64Array(plane.length), imaginary: new Float64Array(plane.length) };
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      let [real, imaginary] = [0, 0];
      for (let y = 0; y < height; y++) {
        const turn = (v * y) % height;
        const [cosine, sine] = [rows.cosine[turn] ?? 0, rows.sine[turn] ?? 0];
        const [a, b] = [across.real[y * width + u] ?? 0, across.imaginary[y * width + u] ?? 0];
        real += a * cosine + b * sine;
        imaginary += b * cosine - a * sine;
      }
      whole.real[v * width + u] = real;
      whole.imaginary[v * width + u] = imaginary;
    }
  }
  return whole;
}

import { invariant } from '../base/invariant.js';
import { err, ok, type Result } from '../base/result.js';
import { finite, type MetricRefusal, type Samples } from './samples.js';

/** A mixture of equally likely, round Gaussians. */
export interface Mixture {
  /** One point a mode. */
  readonly centres: readonly (readonly number[])[];
  /** Standard deviation of each, the same in all directions. */
  readonly std: number;
}

export interface ModesCovered {
  /** Modes that hold at least a tenth of their fair share of the samples: an integer from 0 to all. */
  readonly modes: number;
  /** Share of samples within 4 standard deviations of their nearest centre, in [0, 1]. */
  readonly highQualityShare: number;
  /**
   * Total variation distance of the histogram over modes from the uniform one, half the sum over modes of
   * |share - 1 / modes|: 0 when all are equally frequent, 1 - 1 / modes when one has everything.
   */
  readonly totalVariation: number;
}

/** A mode counts as covered from this part of its fair share on. */
const coveredFrom = 0.1;
/** In standard deviations. Of a 2-D Gaussian, a share of 1 - exp(-8) = 0.99966 lies nearer. */
const highQualityWithin = 4;

/**
 * How the samples are spread over the modes of a mixture, each sample belonging to its nearest centre (the
 * first of equally near ones). Mode counts after Metz et al. 2017 ("Unrolled GAN") and Srivastava et al. 2017
 * ("VEEGAN"); coverage here takes nearest centres without a distance limit, so that blurred samples still tell
 * where the mass went, and the share of high-quality samples stands beside it. Neither is enough alone: a
 * generator that collapsed to one mode has a share of 1.
 */
export function modesCovered(samples: Samples, mixture: Mixture): Result<ModesCovered, MetricRefusal> {
  const { centres, std } = mixture;
  invariant(centres.length > 0 && std > 0, 'a mixture has centres and a spread');
  const checked = finite(samples, 'generated');
  if (!checked.ok) return checked;
  const width = centres[0]?.length ?? 0;
  if (samples.dimensions !== width) {
    return err({
      message: `generated samples have ${samples.dimensions} components, the mixture’s centres ${width}`,
      help: 'Compare with a split of the mixture that the generator was trained on.',
    });
  }

  const counts = new Int32Array(centres.length);
  let near = 0;
  for (let start = 0; start < samples.values.length; start += width) {
    const { mode, squaredDistance } = nearestCentre(samples.values.subarray(start, start + width), centres);
    counts[mode] = (counts[mode] ?? 0) + 1;
    if (squaredDistance <= (highQualityWithin * std) ** 2) near++;
  }

  const fair = samples.count / centres.length;
  const apart = counts.reduce((sum, count) => sum + Math.abs(count - fair), 0);
  return ok({
    modes: counts.filter((count) => count >= coveredFrom * fair).length,
    highQualityShare: near / samples.count,
    totalVariation: apart / (2 * samples.count),
  });
}

function nearestCentre(
  point: Float32Array | Float64Array,
  centres: Mixture['centres'],
): { mode: number; squaredDistance: number } {
  let nearest = { mode: 0, squaredDistance: Number.POSITIVE_INFINITY };
  for (const [mode, centre] of centres.entries()) {
    const squaredDistance = centre.reduce((sum, value, k) => sum + (value - (point[k] ?? 0)) ** 2, 0);
    if (squaredDistance < nearest.squaredDistance) nearest = { mode, squaredDistance };
  }
  return nearest;
}

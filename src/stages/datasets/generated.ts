import { required } from '../../base/invariant.js';
import { RandomStream } from '../../base/streams.js';
import { StageProblem } from '../../execute/contract.js';
import type { DatasetSpec } from '../../spec/datasets.js';
import { pointSource, type PointSource } from './sample-source.js';

type MixtureSpec = Extract<DatasetSpec, { type: 'gaussian_mixture' }>;
type ParallelLinesSpec = Extract<DatasetSpec, { type: 'parallel_lines' }>;
type GaussianSpec = Extract<DatasetSpec, { type: 'gaussian' }>;
type SwissRollSpec = Extract<DatasetSpec, { type: 'swiss_roll' }>;

/**
 * As many points as the splits ask for together, of a mixture of equally likely Gaussians. Labels are modes.
 * @throws StageProblem when a grid's number of modes is no square, or a split is a share.
 */
export function gaussianMixture(spec: MixtureSpec): PointSource {
  const centres = spec.layout === 'ring' ? ring(spec) : grid(spec);
  const count = countOfAll(spec.splits);
  const modes = new RandomStream({ seed: spec.seed, purpose: 'dataset/mode' });
  const noise = new RandomStream({ seed: spec.seed, purpose: 'dataset/noise' }).normal(2 * count);
  const labels = Int32Array.from({ length: count }, () => modes.integerBelow(centres.length));
  const values = noise.map((deviate, index) => {
    const centre = required(centres[labels[index >> 1] ?? 0], 'centre of a mode');
    return (centre[index & 1] ?? 0) + spec.std * deviate;
  });
  return pointSource(values, 2, { labels, classes: centres.length, mixture: { centres, std: spec.std } });
}

/** Centre k at the angle 2 pi k / modes. */
function ring({ modes, radius }: MixtureSpec): readonly (readonly number[])[] {
  return Array.from({ length: modes }, (_, mode) => {
    const angle = (2 * Math.PI * mode) / modes;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Rows from bottom to top, in each the centres from left to right; from -radius to radius in both directions. */
function grid({ modes, radius }: MixtureSpec): readonly (readonly number[])[] {
  const side = Math.round(Math.sqrt(modes));
  if (side ** 2 !== modes) {
    throw new StageProblem(
      `a grid of ${modes} modes is not square`,
      ['modes'],
      `Use ${Math.floor(Math.sqrt(modes)) ** 2} or ${Math.ceil(Math.sqrt(modes)) ** 2} modes, or the ring.`,
    );
  }
  const place = (index: number): number => (side === 1 ? 0 : radius * ((2 * index) / (side - 1) - 1));
  return Array.from({ length: modes }, (_, mode) => [place(mode % side), place(Math.floor(mode / side))]);
}

/** Divides the roll to about [-2, 2], as improved_wgan_training does. */
const swissRollScale = 7.5;

/**
 * The spiral of scikit-learn's `make_swiss_roll` seen from the side, as improved_wgan_training uses it:
 *
 *   t = 1.5 pi (1 + 2 u), u uniform in [0, 1);   (t cos t, t sin t) + std * N(0, 1), divided by 7.5
 *
 * @throws StageProblem when a split is a share.
 */
export function swissRoll(spec: SwissRollSpec): PointSource {
  const count = countOfAll(spec.splits);
  const along = new RandomStream({ seed: spec.seed, purpose: 'dataset/position' }).uniform(count);
  const noise = new RandomStream({ seed: spec.seed, purpose: 'dataset/noise' }).normal(2 * count);
  const values = noise.map((deviate, index) => {
    const t = 1.5 * Math.PI * (1 + 2 * (along[index >> 1] ?? 0));
    const onRoll = t * ((index & 1) === 0 ? Math.cos(t) : Math.sin(t));
    return (onRoll + spec.std * deviate) / swissRollScale;
  });
  return pointSource(values, 2);
}

/**
 * Points (0, z), z uniform in [0, 1): Example 1 of arXiv 1701.07875.
 *
 * @throws StageProblem when a split is a share.
 */
export function parallelLines(spec: ParallelLinesSpec): PointSource {
  const along = new RandomStream({ seed: spec.seed, purpose: 'dataset/position' }).uniform(
    countOfAll(spec.splits),
  );
  const values = new Float32Array(2 * along.length);
  for (const [index, z] of along.entries()) values[2 * index + 1] = z;
  return pointSource(values, 2, { distribution: { type: 'line', theta: 0 } });
}

/** @throws StageProblem when a split is a share. */
export function gaussian({ mean, std, seed, splits }: GaussianSpec): PointSource {
  const deviates = new RandomStream({ seed, purpose: 'dataset/noise' }).normal(countOfAll(splits));
  return pointSource(
    deviates.map((deviate) => mean + std * deviate),
    1,
    { distribution: { type: 'gaussian', mean, std } },
  );
}

/** Generated data have no number of their own: the splits' counts decide it. */
export function countOfAll(splits: Readonly<Record<string, number>>): number {
  return Object.entries(splits).reduce((sum, [name, size]) => {
    if (size < 1) {
      throw new StageProblem(
        `split ${name} is a share of the samples, but generated data have no number of samples to share`,
        ['splits', name],
        'Give the number of samples to generate, as in 10000.',
      );
    }
    return sum + size;
  }, 0);
}

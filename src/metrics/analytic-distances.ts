import { err, ok, type Result } from '../base/result.js';
import { type Distribution, distributionWords, type Gaussian, type Line } from './distributions.js';
import { jensenShannon } from './jensen-shannon.js';
import { normalCdf } from './normal.js';
import type { MetricRefusal } from './samples.js';

/** Of the data p and a generator's q, by their formulas rather than by samples. */
export interface AnalyticDistances {
  /** Wasserstein-1, in data units. */
  readonly w1: number;
  /** Wasserstein-2, in data units: the root of the Fréchet distance. */
  readonly w2: number;
  /** Jensen-Shannon divergence, (KL(p, m) + KL(q, m)) / 2 with m = (p + q) / 2, in nats: from 0 to log 2. */
  readonly js: number;
  /** KL(p, q) in nats; may be infinite. */
  readonly kl: number;
  /** KL(q, p) in nats; may be infinite. */
  readonly reverse_kl: number;
  /** Total variation, the largest difference of a probability: from 0 to 1. */
  readonly tv: number;
}

/** Of two distributions of one kind; why there are none, of others and of a generator that is no distribution any more. */
export function analyticDistances(
  data: Distribution,
  generator: Distribution,
): Result<AnalyticDistances, MetricRefusal> {
  const bad = Object.entries(generator).find(([, value]) => typeof value === 'number' && !isSound(value));
  if (bad !== undefined) {
    return err({
      message: `the generator’s ${bad[0]} is ${String(bad[1])}`,
      help: 'The generator diverged: lower the learning rate, or measure an earlier snapshot.',
    });
  }
  if (data.type === 'line' && generator.type === 'line') return ok(betweenLines(data, generator));
  if (data.type === 'gaussian' && generator.type === 'gaussian') return betweenGaussians(data, generator);
  return err({
    message: `the reference is ${distributionWords[data.type]}, and the generator makes ${distributionWords[generator.type]}`,
    help: 'Let the generator make what the data are: `parallel_line_generator` for `parallel_lines`, `gaussian_generator` for `gaussian`.',
  });
}

const isSound = (value: number): boolean => Number.isFinite(value);

/**
 * Example 1 of arXiv 1701.07875: lines that are not the same have no point in common, however near they are. All but W
 * are what they are at any distance.
 */
function betweenLines(data: Line, generator: Line): AnalyticDistances {
  const distance = Math.abs(data.theta - generator.theta);
  const apart = distance > 0;
  return {
    w1: distance,
    w2: distance,
    js: apart ? Math.LN2 : 0,
    kl: apart ? Infinity : 0,
    reverse_kl: apart ? Infinity : 0,
    tv: apart ? 1 : 0,
  };
}

function betweenGaussians(p: Gaussian, q: Gaussian): Result<AnalyticDistances, MetricRefusal> {
  if (q.std <= 0) {
    return err({
      message: `the generator’s deviation is ${q.std}: all its samples are one point`,
      help: 'The generator collapsed: lower the learning rate, or measure an earlier snapshot.',
    });
  }
  return ok({
    w1: meanSize(p.mean - q.mean, Math.abs(p.std - q.std)),
    w2: Math.hypot(p.mean - q.mean, p.std - q.std),
    js: jensenShannon(p, q),
    kl: relativeEntropy(p, q),
    reverse_kl: relativeEntropy(q, p),
    tv: totalVariation(p, q),
  });
}

/**
 * E|m + s Z| of Z from N(0, 1): the mean of a folded normal distribution (Leone et al. 1961). On the line the best plan pairs equal
 * quantiles, which are m + s Z apart.
 */
function meanSize(m: number, s: number): number {
  if (s === 0) return Math.abs(m);
  const ratio = m / s;
  return s * Math.sqrt(2 / Math.PI) * Math.exp(-(ratio ** 2) / 2) + m * (1 - 2 * normalCdf(-ratio));
}

/** KL(p, q) = log(q.std / p.std) + (p.std^2 + (p.mean - q.mean)^2) / (2 q.std^2) - 1/2 */
function relativeEntropy(p: Gaussian, q: Gaussian): number {
  const ratio = p.std / q.std;
  const shift = (p.mean - q.mean) / q.std;
  return (ratio ** 2 - 1) / 2 - Math.log(ratio) + shift ** 2 / 2;
}

/**
 * Between the two points where the densities are equal, one of them is above the other throughout: the total variation is what it has
 * more of there. Of equal deviations there is one such point, half-way: 2 Phi(|m| / (2 s)) - 1.
 */
function totalVariation(p: Gaussian, q: Gaussian): number {
  if (p.std === q.std) return 2 * normalCdf(Math.abs(p.mean - q.mean) / (2 * p.std)) - 1;
  // With x = p.mean + p.std z, the logarithms are equal where a z^2 + 2 b z + c = 0.
  const ratio = p.std / q.std;
  const shift = (p.mean - q.mean) / q.std;
  const [a, b, c] = [ratio ** 2 - 1, ratio * shift, shift ** 2 - 2 * Math.log(ratio)];
  const root = Math.sqrt(b * b - a * c);
  const ends = [(-b + root) / a, (-b - root) / a] as const;
  const within = (place: (z: number) => number) => normalCdf(place(ends[1])) - normalCdf(place(ends[0]));
  return Math.abs(within((z) => z) - within((z) => ratio * z + shift));
}

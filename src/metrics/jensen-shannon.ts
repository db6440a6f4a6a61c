import type { Gaussian } from './distributions.js';

/**
 * Of two Gaussians on the line, in nats: there is no closed form. With the logarithm d of q's density over p's,
 *
 *   JS = (E_p[log 2 - log(1 + exp(d))] + E_q[log 2 - log(1 + exp(-d))]) / 2
 *
 * By Gauss and Legendre's rule of eight points between neighbours of a grid that has, of each of the two, 8 places a deviation up to 12
 * deviations from its mean; what is beyond weighs less than 1e-31. To about 1e-14.
 */
export function jensenShannon(p: Gaussian, q: Gaussian): number {
  const grid = [...placesOf(p), ...placesOf(q)].sort((a, b) => a - b);
  let sum = 0;
  for (const [index, end] of grid.entries()) {
    const start = grid[index - 1] ?? end;
    const half = (end - start) / 2;
    if (half === 0) continue;
    for (const [node, weight] of rule) sum += half * weight * integrand(p, q, start + half * (1 + node));
  }
  return Math.min(Math.LN2, Math.max(0, sum));
}

const reach = 12;
const perDeviation = 8;

function placesOf({ mean, std }: Gaussian): readonly number[] {
  const count = 2 * reach * perDeviation + 1;
  return Array.from({ length: count }, (_, k) => mean + std * (k / perDeviation - reach));
}

function integrand(p: Gaussian, q: Gaussian, x: number): number {
  const [logP, logQ] = [logDensity(p, x), logDensity(q, x)];
  const part = (log: number, difference: number) => Math.exp(log) * (Math.LN2 - softplus(difference));
  return (part(logP, logQ - logP) + part(logQ, logP - logQ)) / 2;
}

function logDensity({ mean, std }: Gaussian, x: number): number {
  return -(((x - mean) / std) ** 2) / 2 - Math.log(std) - Math.log(2 * Math.PI) / 2;
}

/** log(1 + exp(x)) */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Nodes in [-1, 1] and weights (Abramowitz and Stegun 1964, table 25.4). */
const rule = [
  [0.1834346424956498, 0.362683783378362],
  [0.525532409916329, 0.3137066458778873],
  [0.7966664774136267, 0.2223810344533745],
  [0.9602898564975363, 0.1012285362903763],
].flatMap(([node = 0, weight = 0]) => [[node, weight] as const, [-node, weight] as const]);

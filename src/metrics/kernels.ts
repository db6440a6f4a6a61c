import { innerProductsTo } from './inner-products.js';
import { squaredDistancesTo } from './pairwise.js';
import type { Samples } from './samples.js';

/** Writes k(x, y) for one sample x of a set and all y of another; `out` is of `to.count`. */
export type Kernel = (of: Samples, index: number, to: Samples, out: Float64Array) => void;

/** The mean over bandwidths s of exp(-|x - y|^2 / (2 s^2)). */
export function gaussianKernel(bandwidths: readonly number[]): Kernel {
  // Finite however small the bandwidth is: infinity times a distance of 0 would be no number.
  const rates = bandwidths.map((bandwidth) => Math.max(-Number.MAX_VALUE, -1 / (2 * bandwidth * bandwidth)));
  return (of, index, to, out) => {
    squaredDistancesTo(of, index, to, out);
    for (const [place, squared] of out.entries()) {
      let sum = 0;
      for (const rate of rates) sum += Math.exp(rate * squared);
      out[place] = sum / rates.length;
    }
  };
}

/** (x . y / d + 1)^3, d being the number of components: the kernel of KID (Bińkowski et al. 2018, section 3). */
export const cubicKernel: Kernel = (of, index, to, out) => {
  innerProductsTo(of, index, to, out);
  for (const [place, product] of out.entries()) out[place] = (product / to.dimensions + 1) ** 3;
};

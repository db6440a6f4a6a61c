import type { Initial } from './parameters.js';

/** From the numbers of values that lead to one output, and that one input leads to. */
export type InitialOf = (fanIn: number, fanOut: number) => Initial;

/** Uniform, of variance 2 / (in + out): Glorot and Bengio 2010. */
export const glorot: InitialOf = (fanIn, fanOut) => uniform(2 / (fanIn + fanOut));

/** Twice that variance, for what a ReLU follows on: `he_init` of improved_wgan_training. */
export const twiceGlorot: InitialOf = (fanIn, fanOut) => uniform(4 / (fanIn + fanOut));

/** Normal, of variance 2 / in: He et al. 2015, "Delving Deep into Rectifiers". */
export const he: InitialOf = (fanIn) => ({ type: 'normal', mean: 0, std: Math.sqrt(2 / fanIn) });

function uniform(variance: number): Initial {
  return { type: 'uniform', bound: Math.sqrt(3 * variance) };
}

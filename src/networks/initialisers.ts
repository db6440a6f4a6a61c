import type { Initial } from './parameter.js';

/** How a layer's weights are drawn at first, whatever their sizes are. */
export type Initialiser =
  /** N(0, std^2). */
  | { readonly type: 'normal'; readonly std: number }
  /** Saxe et al. 2013, arXiv 1312.6120. */
  | { readonly type: 'orthogonal'; readonly gain: number }
  /** Uniform within 1 / sqrt(in), biases alike: PyTorch's default. */
  | { readonly type: 'fan_in_uniform' }
  | {
      readonly type: 'he_normal' | 'he_uniform' | 'glorot_normal' | 'glorot_uniform';
      /** What the variance is multiplied by. */
      readonly scale: number;
    };

/**
 * The distribution of a layer's weights, of mean 0. Variances are those of He et al. 2015, "Delving Deep into Rectifiers", equation 10,
 * 2 / in, and of Glorot and Bengio 2010, equation 12, 2 / (in + out); uniform within sqrt(3 variance).
 *
 * @param fanIn Values that lead to one output.
 * @param fanOut Values that one input leads to.
 */
export function initialOf(initialiser: Initialiser, fanIn: number, fanOut: number): Initial {
  switch (initialiser.type) {
    case 'normal':
      return { type: 'normal', mean: 0, std: initialiser.std };
    case 'orthogonal':
      return initialiser;
    case 'fan_in_uniform':
      return { type: 'uniform', bound: 1 / Math.sqrt(fanIn) };
    case 'he_normal':
      return normal((2 * initialiser.scale) / fanIn);
    case 'he_uniform':
      return uniform((2 * initialiser.scale) / fanIn);
    case 'glorot_normal':
      return normal((2 * initialiser.scale) / (fanIn + fanOut));
    case 'glorot_uniform':
      return uniform((2 * initialiser.scale) / (fanIn + fanOut));
  }
}

/** Biases begin as 0, but with `fan_in_uniform`, which is of weights and biases. */
export function biasInitialOf(initialiser: Initialiser, weights: Initial): Initial {
  return initialiser.type === 'fan_in_uniform' ? weights : { type: 'constant', value: 0 };
}

const normal = (variance: number): Initial => ({ type: 'normal', mean: 0, std: Math.sqrt(variance) });

const uniform = (variance: number): Initial => ({ type: 'uniform', bound: Math.sqrt(3 * variance) });

import { constant } from './constants.js';
import type { Layer } from './network.js';

/** What a block is made of: layers one after another, and what goes past them. */
export interface Residual {
  readonly layers: readonly Layer[];
  /** Nothing but the input itself if not given. */
  readonly shortcut?: readonly Layer[];
  /** What the layers' output is multiplied by: 1 if not given. */
  readonly scale?: number;
}

/** shortcut(x) + scale layers(x), as in He et al. 2015. */
export function residual({ layers, shortcut = [], scale = 1 }: Residual): Layer {
  const inner = [...shortcut, ...layers];
  return {
    parameters: inner.flatMap(({ parameters }) => parameters),
    couplesBatch: inner.some(({ couplesBatch }) => couplesBatch === true),
    apply: (weights, input) => {
      const through = (path: readonly Layer[]) =>
        path.reduce((value, layer) => layer.apply(weights, value), input);
      const change = through(layers);
      return through(shortcut).add(scale === 1 ? change : change.mul(constant(scale)));
    },
  };
}

import { constant } from './constants.js';
import type { Layer } from './network.js';

/** What a block is made of: layers one after another, and what goes past them. */
interface Residual extends Pick<Layer, 'parameters'> {
  readonly layers: readonly Layer[];
  /** None: the input itself. */
  readonly shortcut: readonly Layer[];
  /** What the layers' output is multiplied by. */
  readonly scale: number;
}

/** shortcut(x) + scale layers(x), as in He et al. 2015. */
export function residual({ parameters, layers, shortcut, scale }: Residual): Layer {
  return {
    parameters,
    couplesBatch: [...shortcut, ...layers].some(({ couplesBatch }) => couplesBatch === true),
    apply: (weights, input, classes) => {
      const through = (path: readonly Layer[]) =>
        path.reduce((value, layer) => layer.apply(weights, value, classes), input);
      const change = through(layers);
      return through(shortcut).add(scale === 1 ? change : change.mul(constant(scale)));
    },
  };
}

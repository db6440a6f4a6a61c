import { sizeOf } from '../base/shape.js';
import type { PlacedNetwork } from './placed-layers.js';

/** How large a network is. */
export interface NetworkSize {
  /** Weights and biases that training changes. */
  readonly parameters: number;
  /**
   * Multiply-accumulates of one sample's forward pass: of dense layers and convolutions, each product with a weight once, those of
   * the padding counted as all others. A multiply-add is two floating-point operations.
   */
  readonly multiplyAdds: number;
}

export function sizeOfNetwork({ layers }: PlacedNetwork): NetworkSize {
  return {
    parameters: sum(layers.flatMap(({ parameters }) => parameters.map(({ shape }) => sizeOf(shape)))),
    multiplyAdds: sum(layers.map(({ multiplyAdds }) => multiplyAdds)),
  };
}

/** Numbers that spectral norm keeps: a direction for each weight that is a matrix, of one value an output. */
export function directionsIn({ layers }: PlacedNetwork): number {
  const matrices = layers.flatMap(({ parameters }) => parameters).filter(({ shape }) => shape.length > 1);
  return sum(matrices.map(({ shape }) => shape.at(-1) ?? 0));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

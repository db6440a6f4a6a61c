import type { Initialiser } from './initialisers.js';
import { type Activation, activation, type DenseLayer, type Layer, type Norm, normOrNone } from './layers.js';

/** PyTorch's default for linear layers, weights and biases alike. */
export const fanInUniform: Initialiser = { type: 'fan_in_uniform' };

export function linear(name: string, units: number, bias = true): DenseLayer {
  return { type: 'dense', name, units, bias, initial: fanInUniform };
}

/** Linear, norm if asked for, activation. Where batch norm follows, its beta is the bias. */
export function hiddenLayers(
  hidden: readonly number[],
  options: { readonly activation: Activation; readonly norm: Norm },
): readonly Layer[] {
  return hidden.flatMap((units, index): readonly Layer[] => [
    linear(`dense${index + 1}`, units, options.norm !== 'batch'),
    ...normOrNone(options.norm, `norm${index + 1}`),
    activation(options.activation),
  ]);
}

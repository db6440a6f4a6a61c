import { type Activation, activation, dense, type Norm, normLayers } from './layers.js';
import type { Layer } from './network.js';

/** PyTorch's default for linear layers, weights and biases alike: uniform within 1 / sqrt(inputs). */
export function linear(name: string, inputs: number, units: number, bias = true): Layer {
  return dense({ name, inputs, units, initial: { type: 'uniform', bound: 1 / Math.sqrt(inputs) }, bias });
}

/** Linear, norm if asked for, activation. Where batch norm follows, its beta is the bias. */
export function hiddenLayers(
  widths: readonly number[],
  options: { readonly activation: Activation; readonly norm: Norm },
): Layer[] {
  return widths.slice(1).flatMap((units, index) => {
    const inputs = widths[index] ?? units;
    const normalised = options.norm === 'batch';
    return [
      linear(`dense${index + 1}`, inputs, units, !normalised),
      ...normLayers(options.norm, `norm${index + 1}`, units),
      activation(options.activation),
    ];
  });
}

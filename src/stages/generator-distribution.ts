import { required } from '../base/invariant.js';
import type { Distribution } from '../metrics/distributions.js';
import type { GeneratorSpec } from '../spec/architectures.js';
import type { Weights } from '../tensor/network.js';

/** What a generator's samples are drawn from, where its weights say so by a formula. */
export function distributionOf({ type }: GeneratorSpec, weights: Weights): Distribution | undefined {
  const value = (name: string) => required(required(weights[name], name).dataSync<'float32'>()[0], name);
  switch (type) {
    case 'parallel_line_generator':
      return { type: 'line', theta: value('theta') };
    case 'gaussian_generator':
      // As a factor of noise that is as likely as its negative, the deviation may have either sign.
      return { type: 'gaussian', mean: value('mean'), std: Math.abs(value('std')) };
    case 'mlp_generator':
    case 'dcgan_generator':
    case 'resnet_generator':
    case 'resnet1d_generator':
    case 'layers_generator':
      return undefined;
  }
}

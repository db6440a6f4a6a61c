import { ok, type Result } from '../base/result.js';
import { sizeOf } from '../base/shape.js';
import { dcganCritic, dcganGenerator, pyramidOf } from './dcgan.js';
import { type Activation, type Norm, reshape, tanh } from './layers.js';
import { hiddenLayers, linear } from './mlp.js';
import { chain, type Network, type SampleShape } from './network.js';
import { resnet1dCritic, resnet1dGenerator, sequenceOf } from './resnet1d.js';

type GeneratorNorm = 'none' | 'batch';

export type GeneratorOptions =
  | {
      readonly type: 'mlp_generator';
      readonly z_dim: number;
      readonly hidden: readonly number[];
      readonly activation: Activation;
      readonly norm: GeneratorNorm;
    }
  | {
      readonly type: 'dcgan_generator';
      readonly z_dim: number;
      readonly ngf: number;
      readonly norm: GeneratorNorm;
    }
  | {
      readonly type: 'resnet1d_generator';
      readonly z_dim: number;
      readonly width: number;
      readonly blocks: number;
    };

export type CriticOptions =
  | {
      readonly type: 'mlp_critic';
      readonly hidden: readonly number[];
      readonly activation: Activation;
      readonly norm: Norm;
    }
  | { readonly type: 'dcgan_critic'; readonly ndf: number; readonly norm: Norm }
  | {
      readonly type: 'resnet1d_critic';
      readonly width: number;
      readonly blocks: number;
      readonly norm: Norm;
    };

/**
 * The networks of the WGAN reference code (github.com/martinarjovsky/WassersteinGAN, models/): latent vectors
 * [batch, z_dim] to samples. Images end in tanh (the reference's MLP has none), points in a linear unit.
 * An error says why the architecture cannot make samples of this shape.
 */
export function generatorNetwork(options: GeneratorOptions, sample: SampleShape): Result<Network, string> {
  const input = [options.z_dim];
  const end = sample.length === 3 ? [tanh] : [];
  switch (options.type) {
    case 'mlp_generator': {
      const widths = [options.z_dim, ...options.hidden];
      const last = linear('output', widths.at(-1) ?? options.z_dim, sizeOf(sample));
      return ok(chain(input, sample, [...hiddenLayers(widths, options), last, reshape(sample), ...end]));
    }
    case 'dcgan_generator': {
      const pyramid = pyramidOf(sample);
      if (!pyramid.ok) return pyramid;
      return ok(chain(input, sample, [...dcganGenerator(options, pyramid.value), ...end]));
    }
    case 'resnet1d_generator': {
      const sequence = sequenceOf(sample);
      if (!sequence.ok) return sequence;
      return ok(chain(input, sample, resnet1dGenerator(options, sequence.value)));
    }
  }
}

/** Samples to one score each, [batch, 1], by a linear unit: no sigmoid, whatever the objective. */
export function criticNetwork(options: CriticOptions, sample: SampleShape): Result<Network, string> {
  switch (options.type) {
    case 'mlp_critic': {
      const widths = [sizeOf(sample), ...options.hidden];
      const last = linear('output', widths.at(-1) ?? sizeOf(sample), 1);
      return ok(chain(sample, [1], [...hiddenLayers(widths, options), last]));
    }
    case 'dcgan_critic': {
      const pyramid = pyramidOf(sample);
      if (!pyramid.ok) return pyramid;
      return ok(chain(sample, [1], dcganCritic(options, pyramid.value)));
    }
    case 'resnet1d_critic': {
      const sequence = sequenceOf(sample);
      if (!sequence.ok) return sequence;
      return ok(chain(sample, [1], resnet1dCritic(options, sequence.value)));
    }
  }
}

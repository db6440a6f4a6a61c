import type { Static } from 'typebox';

import { Type } from './type.js';

import { initialiser } from './initialisers.js';
import { layer } from './layers.js';
import { positiveInteger, positiveNumber, record, tagged, words } from './schema-builders.js';

const latent = positiveInteger('Length of the latent vector, drawn from N(0, 1).');

const hidden = Type.Array(positiveInteger('Units of a hidden layer.'), {
  minItems: 1,
  description: 'Units of each hidden layer, input side first.',
});

const activation = words(['relu', 'leaky_relu', 'tanh'], {
  default: 'relu',
  description: 'After each hidden layer; leaky_relu has slope 0.2 below zero.',
});

const normDescription =
  'Normalisation after each inner layer. Batch norm uses the statistics of the batch at hand, the others those of ' +
  'each sample: layer norm over all of its values, group norm over each 16 channels';

const mlpNorm = words(['none', 'batch', 'layer', 'group'], {
  default: 'none',
  description: `${normDescription}.`,
});

const imageNorm = (standard: 'none' | 'batch') =>
  words(['none', 'batch', 'layer', 'instance', 'group'], {
    default: standard,
    description: `${normDescription}, instance norm over each.`,
  });

/** Of presets. */
const initial = Type.Optional(initialiser);

export const mlpGenerator = record(
  { type: Type.Literal('mlp_generator'), z_dim: latent, hidden, activation, norm: mlpNorm, initial },
  {
    description:
      'Fully connected generator. It ends in a linear unit for points and in tanh for images (range [-1, 1]).',
  },
);

export const mlpCritic = record(
  { type: Type.Literal('mlp_critic'), hidden, activation, norm: mlpNorm, initial },
  { description: 'Fully connected critic; it ends in one linear unit.' },
);

const extraLayers = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: 100,
    description:
      '3x3 convolutions more, at half of the full resolution: `n_extra_layers` of the reference code. Without it, none.',
  }),
);

export const dcganGenerator = record(
  {
    type: Type.Literal('dcgan_generator'),
    z_dim: latent,
    ngf: positiveInteger('Channels before the last layer; doubled at each halving of the resolution.'),
    norm: imageNorm('batch'),
    extra_layers: extraLayers,
    initial,
  },
  {
    description: 'DCGAN generator of the reference code: transposed 4x4 convolutions, ReLU, tanh at the end.',
  },
);

export const dcganCritic = record(
  {
    type: Type.Literal('dcgan_critic'),
    ndf: positiveInteger('Channels after the first layer; doubled at each halving of the resolution.'),
    norm: imageNorm('batch'),
    extra_layers: extraLayers,
    initial,
  },
  {
    description:
      'DCGAN critic of the reference code: strided 4x4 convolutions, leaky ReLU (0.2), one linear unit.',
  },
);

const layout = words(['cifar', 'imagenet'], {
  default: 'cifar',
  description:
    'Of improved_wgan_training: that of gan_cifar_resnet.py, with one number of channels, or that of gan_64x64.py, with twice as many at ' +
    'each halving of the resolution, up to 8 times.',
});

export const resnetGenerator = record(
  {
    type: Type.Literal('resnet_generator'),
    z_dim: latent,
    ngf: positiveInteger('Channels at full resolution.'),
    layout,
    norm: imageNorm('batch'),
    initial,
  },
  {
    description:
      'ResNet generator of arXiv 1704.00028: a block for each doubling of the resolution, tanh at the end.',
  },
);

export const resnetCritic = record(
  {
    type: Type.Literal('resnet_critic'),
    ndf: positiveInteger('Channels at full resolution.'),
    layout,
    norm: imageNorm('none'),
    initial,
  },
  { description: 'ResNet critic of arXiv 1704.00028; it ends in one linear unit.' },
);

export const deepResnetCritic = record(
  {
    type: Type.Literal('deep_resnet_critic'),
    depth: Type.Unsafe<20 | 32 | 44 | 56 | 110 | 152>({
      type: 'integer',
      enum: [20, 32, 44, 56, 110, 152],
      description: 'Layers with weights, 6n + 2 of them.',
    }),
    width: positiveInteger('Channels at full resolution; twice as many at each of the two halvings.', {
      default: 16,
    }),
    norm: imageNorm('none'),
    residual_scale: positiveNumber(
      'What each block’s change of its input is multiplied by: below 1 where there is no norm and the critic is deep.',
      { default: 1 },
    ),
    initial,
  },
  { description: 'ResNet for small images of He et al. 2015, section 4.2, with one linear unit at its end.' },
);

const width = positiveInteger('Channels of every block.');
const blocks = positiveInteger('Residual blocks, each of two convolutions of length 5.');

export const resnet1dGenerator = record(
  {
    type: Type.Literal('resnet1d_generator'),
    z_dim: latent,
    width,
    blocks,
    output: words(['softmax'], {
      default: 'softmax',
      description: 'One distribution over tokens a position.',
    }),
    initial,
  },
  {
    description: 'Residual 1-D convolutions from a latent vector to sequences of tokens (arXiv 1704.00028).',
  },
);

export const resnet1dCritic = record(
  { type: Type.Literal('resnet1d_critic'), width, blocks, norm: imageNorm('none'), initial },
  { description: 'Residual 1-D convolutions over sequences of tokens, one linear unit (arXiv 1704.00028).' },
);

const first = { description: 'At first; training changes it, unless the generator’s learning rate is 0.' };

export const parallelLineGenerator = record(
  { type: Type.Literal('parallel_line_generator'), theta: Type.Number(first) },
  {
    description:
      'Generator of arXiv 1701.07875, Example 1, with one weight: (theta, z), z uniform in [0, 1], which learns `parallel_lines`.',
  },
);

export const gaussianGenerator = record(
  {
    type: Type.Literal('gaussian_generator'),
    mean: Type.Number(first),
    std: positiveNumber(first.description),
  },
  {
    description:
      'Generator of a Gaussian on the line, with two weights: mean + std z, which learns a `gaussian`.',
  },
);

const listed = {
  layers: Type.Array(layer, { minItems: 1, description: 'Layers, input side first.' }),
  initial: Type.Optional(initialiser),
};

export const layersGenerator = record(
  { type: Type.Literal('layers_generator'), z_dim: latent, ...listed },
  {
    description:
      'Generator of the layers that are listed, from the latent vector to a sample. Images lie in [-1, 1], so it ends in tanh for them.',
  },
);

export const layersCritic = record(
  { type: Type.Literal('layers_critic'), ...listed },
  { description: 'Critic of the layers that are listed, from a sample to one number.' },
);

export const architecture = tagged(
  [
    mlpGenerator,
    mlpCritic,
    dcganGenerator,
    dcganCritic,
    resnetGenerator,
    resnetCritic,
    deepResnetCritic,
    resnet1dGenerator,
    resnet1dCritic,
    parallelLineGenerator,
    gaussianGenerator,
    layersGenerator,
    layersCritic,
  ],
  { description: 'A network; its type says whether it is a generator or a critic.' },
);

type Spec = Static<typeof architecture>;
export type GeneratorSpec = Extract<Spec, { type: `${string}_generator` }>;
export type CriticSpec = Extract<Spec, { type: `${string}_critic` }>;
export type ArchitectureSpec = Spec;

export function isGenerator(spec: ArchitectureSpec): spec is GeneratorSpec {
  return spec.type.endsWith('_generator');
}

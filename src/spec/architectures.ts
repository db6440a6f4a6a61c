import Type, { type Static } from 'typebox';

import { positiveInteger, record, tagged, words } from './schema-builders.js';

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
  'Normalisation after each inner layer. Batch norm uses the statistics of the batch at hand.';

const generatorNorm = (standard: 'none' | 'batch') =>
  words(['none', 'batch'], { default: standard, description: normDescription });

const criticNorm = (standard: 'none' | 'batch') =>
  words(['none', 'batch', 'layer'], {
    default: standard,
    description: `${normDescription} Layer norm uses those of each sample.`,
  });

export const mlpGenerator = record(
  { type: Type.Literal('mlp_generator'), z_dim: latent, hidden, activation, norm: generatorNorm('none') },
  {
    description:
      'Fully connected generator. It ends in a linear unit for points and in tanh for images (range [-1, 1]).',
  },
);

export const mlpCritic = record(
  { type: Type.Literal('mlp_critic'), hidden, activation, norm: criticNorm('none') },
  { description: 'Fully connected critic; it ends in one linear unit.' },
);

export const dcganGenerator = record(
  {
    type: Type.Literal('dcgan_generator'),
    z_dim: latent,
    ngf: positiveInteger('Channels before the last layer; doubled at each halving of the resolution.'),
    norm: generatorNorm('batch'),
  },
  {
    description: 'DCGAN generator of the reference code: transposed 4x4 convolutions, ReLU, tanh at the end.',
  },
);

export const dcganCritic = record(
  {
    type: Type.Literal('dcgan_critic'),
    ndf: positiveInteger('Channels after the first layer; doubled at each halving of the resolution.'),
    norm: criticNorm('batch'),
  },
  {
    description:
      'DCGAN critic of the reference code: strided 4x4 convolutions, leaky ReLU (0.2), one linear unit.',
  },
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
  },
  {
    description: 'Residual 1-D convolutions from a latent vector to sequences of tokens (arXiv 1704.00028).',
  },
);

export const resnet1dCritic = record(
  { type: Type.Literal('resnet1d_critic'), width, blocks, norm: criticNorm('none') },
  { description: 'Residual 1-D convolutions over sequences of tokens, one linear unit (arXiv 1704.00028).' },
);

export const architecture = tagged(
  [mlpGenerator, mlpCritic, dcganGenerator, dcganCritic, resnet1dGenerator, resnet1dCritic],
  { description: 'A network; its type says whether it is a generator or a critic.' },
);

export type GeneratorSpec =
  Static<typeof mlpGenerator> | Static<typeof dcganGenerator> | Static<typeof resnet1dGenerator>;
export type CriticSpec =
  Static<typeof mlpCritic> | Static<typeof dcganCritic> | Static<typeof resnet1dCritic>;
export type ArchitectureSpec = Static<typeof architecture>;

export function isGenerator(spec: ArchitectureSpec): spec is GeneratorSpec {
  return spec.type.endsWith('_generator');
}

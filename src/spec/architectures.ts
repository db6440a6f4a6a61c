import Type, { type Static } from 'typebox';

import { positiveInteger, record, tagged, words } from './schema-builders.js';

const latent = positiveInteger('Length of the latent vector, drawn from N(0, 1).');

const hidden = Type.Array(positiveInteger('Units of a hidden layer.'), {
  minItems: 1,
  description: 'Units of each hidden layer, input side first.',
});

const activation = words(['relu', 'leaky_relu'], {
  default: 'relu',
  description: 'After each hidden layer; leaky_relu has slope 0.2 below zero.',
});

const normDescription =
  'Normalisation after each inner layer. Batch norm uses the statistics of the batch at hand.';

const norm = words(['none', 'batch'], {
  default: 'none',
  description: normDescription,
});

export const mlpGenerator = record(
  { type: Type.Literal('mlp_generator'), z_dim: latent, hidden, activation, norm },
  {
    description:
      'Fully connected generator. It ends in a linear unit for points and in tanh for images (range [-1, 1]).',
  },
);

export const mlpCritic = record(
  { type: Type.Literal('mlp_critic'), hidden, activation, norm },
  { description: 'Fully connected critic; it ends in one linear unit.' },
);

export const dcganGenerator = record(
  {
    type: Type.Literal('dcgan_generator'),
    z_dim: latent,
    ngf: positiveInteger('Channels before the last layer; doubled at each halving of the resolution.'),
    norm: words(['none', 'batch'], { default: 'batch', description: normDescription }),
  },
  {
    description: 'DCGAN generator of the reference code: transposed 4x4 convolutions, ReLU, tanh at the end.',
  },
);

export const dcganCritic = record(
  {
    type: Type.Literal('dcgan_critic'),
    ndf: positiveInteger('Channels after the first layer; doubled at each halving of the resolution.'),
    norm: words(['none', 'batch'], { default: 'batch', description: normDescription }),
  },
  {
    description:
      'DCGAN critic of the reference code: strided 4x4 convolutions, leaky ReLU (0.2), one linear unit.',
  },
);

export const architecture = tagged([mlpGenerator, mlpCritic, dcganGenerator, dcganCritic], {
  description: 'A network; its type says whether it is a generator or a critic.',
});

export type GeneratorSpec = Static<typeof mlpGenerator> | Static<typeof dcganGenerator>;
export type CriticSpec = Static<typeof mlpCritic> | Static<typeof dcganCritic>;
export type ArchitectureSpec = Static<typeof architecture>;

export function isGenerator(spec: ArchitectureSpec): spec is GeneratorSpec {
  return spec.type.endsWith('_generator');
}

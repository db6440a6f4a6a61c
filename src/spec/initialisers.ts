import { Type } from './type.js';

import { positiveNumber, record, tagged } from './schema-builders.js';

const scale = positiveNumber('What the variance is multiplied by.', { default: 1 });

/** Distributions of a layer's first weights, of mean 0. */
export const initialiser = tagged(
  [
    record(
      {
        type: Type.Literal('normal'),
        std: positiveNumber('Standard deviation.', { default: 0.02 }),
      },
      { description: 'Normal, whatever the sizes of the layer are: DCGAN’s (arXiv 1511.06434, section 4).' },
    ),
    record(
      { type: Type.Literal('fan_in_uniform') },
      { description: 'Uniform within 1 / sqrt(in), biases too: PyTorch’s default.' },
    ),
    record(
      { type: Type.Literal('he_normal'), scale },
      { description: 'Normal, of variance 2 / in (arXiv 1502.01852, equation 10).' },
    ),
    record(
      { type: Type.Literal('he_uniform'), scale },
      { description: 'Uniform, of variance 2 / in (arXiv 1502.01852, equation 10).' },
    ),
    record(
      { type: Type.Literal('glorot_normal'), scale },
      { description: 'Normal, of variance 2 / (in + out) (Glorot and Bengio 2010, equation 12).' },
    ),
    record(
      { type: Type.Literal('glorot_uniform'), scale },
      { description: 'Uniform, of variance 2 / (in + out) (Glorot and Bengio 2010, equation 16).' },
    ),
    record(
      {
        type: Type.Literal('orthogonal'),
        gain: positiveNumber('Length of each row, or of each column where these are fewer.', {
          default: 1,
        }),
      },
      {
        description:
          'Rows, or columns where these are fewer, at right angles (arXiv 1312.6120); a kernel is a matrix of all its values by channels that come out.',
      },
    ),
  ],
  { description: 'How the first weights of dense layers and convolutions are drawn; biases begin as 0.' },
);

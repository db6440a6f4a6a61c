import { Type } from './type.js';

import { initialiser } from './initialisers.js';
import { positiveInteger, positiveNumber, record, tagged, words } from './schema-builders.js';

/** Names of layers in blocks have slashes, as `block1/conv1`. */
export const layerNamePattern = '^[A-Za-z0-9][A-Za-z0-9_/-]*$';

const name = Type.Optional(
  Type.String({
    pattern: layerNamePattern,
    description: 'What its weights are called by. Without it, its type and its number among those: `conv2`.',
  }),
);

const weighted = {
  name,
  bias: Type.Boolean({ default: true, description: 'Whether something is added to each output.' }),
  initial: Type.Optional(initialiser),
};

const channels = positiveInteger('Channels that come out.');

const kernel = (standard: number) =>
  Type.Integer({
    minimum: 1,
    maximum: 63,
    default: standard,
    description: 'Side of the kernel in pixels; on an image of one row it is one row high.',
  });

const plainLayers = [
  record(
    { type: Type.Literal('dense'), units: positiveInteger('Values that come out.'), ...weighted },
    { description: 'Of a vector: every value leads to every unit.' },
  ),
  record(
    {
      type: Type.Literal('conv'),
      channels,
      kernel: kernel(3),
      stride: Type.Unsafe<1 | 2>({
        type: 'integer',
        enum: [1, 2],
        default: 1,
        description: '2 halves the sides.',
      }),
      ...weighted,
    },
    { description: 'Convolution of an image, with a margin of zeros around it (`same`).' },
  ),
  record(
    { type: Type.Literal('conv_transpose'), channels, kernel: kernel(4), ...weighted },
    { description: 'Transposed convolution of stride 2: doubles the sides of an image.' },
  ),
  record(
    {
      type: Type.Literal('norm'),
      name,
      norm: words(['batch', 'layer', 'instance', 'group'], {
        description:
          'Batch norm uses the statistics of the batch at hand, the others those of each sample: layer norm over all of its values, group norm over each 16 channels, instance norm over each.',
      }),
    },
    { description: 'Normalisation, with a scale and an offset for each channel.' },
  ),
  record(
    {
      type: Type.Literal('activation'),
      activation: words(['relu', 'leaky_relu', 'tanh', 'sigmoid', 'softmax'], {
        description: 'leaky_relu has slope 0.2 below zero; softmax is over channels, or tokens.',
      }),
    },
    { description: 'A function of each value.' },
  ),
  record(
    {
      type: Type.Literal('reshape'),
      shape: Type.Array(positiveInteger('A size.'), {
        minItems: 1,
        maxItems: 3,
        description: 'Of what comes out: [values], [length, tokens] or [height, width, channels].',
      }),
    },
    { description: 'The same values in another shape.' },
  ),
  record({ type: Type.Literal('flatten') }, { description: 'All values as one vector.' }),
  record(
    { type: Type.Literal('upsample') },
    { description: 'Doubles the sides of an image: each pixel becomes four of its value.' },
  ),
  record(
    { type: Type.Literal('mean_pool') },
    { description: 'Halves the sides of an image: the mean of each 2x2 pixels.' },
  ),
  record(
    { type: Type.Literal('global_mean_pool') },
    { description: 'The mean of each channel over all pixels, as a vector.' },
  ),
  record(
    { type: Type.Literal('subsample'), channels },
    {
      description:
        'Every second pixel of every second row; channels that are new are zero. For shortcuts (He et al. 2015, section 3.3, A).',
    },
  ),
] as const;

const plainLayer = tagged(plainLayers, { description: 'A layer.' });

export const layer = tagged(
  [
    ...plainLayers,
    record(
      {
        type: Type.Literal('residual'),
        name,
        layers: Type.Array(plainLayer, {
          minItems: 1,
          description: 'What changes the input; no residual blocks. Names count from the name of the block.',
        }),
        shortcut: Type.Array(plainLayer, {
          default: [],
          description: 'What the input passes beside them; none: it stays as it is.',
        }),
        scale: positiveNumber('What the change is multiplied by.', { default: 1 }),
      },
      { description: 'Residual block: shortcut(x) + scale layers(x).' },
    ),
  ],
  { description: 'A layer, which takes its sizes from what is given to it.' },
);

import type { Static } from 'typebox';

import { Type } from './type.js';

import {
  named,
  positiveInteger,
  positiveNumber,
  record,
  reference,
  tagged,
  words,
} from './schema-builders.js';

const splits = named(Type.Number({ exclusiveMinimum: 0 }), {
  minProperties: 1,
  description:
    'Disjoint parts by name, in order: a number of samples (1 and above), or a share of them (below 1). ' +
    'Samples are shuffled by the data seed first.',
});

const dataSeed = Type.Integer({
  minimum: 0,
  maximum: 2 ** 32 - 1,
  default: 0,
  description: 'Seed of generated samples and of the shuffle before splitting; apart from the training seed.',
});

const resize = positiveInteger('Side in pixels that images are resized to (bicubic, antialiased).');

export const gaussianMixture = record(
  {
    type: Type.Literal('gaussian_mixture'),
    layout: words(['ring', 'grid'], {
      description: 'Where the centres lie: on a circle, or on a square grid.',
    }),
    modes: positiveInteger('Number of Gaussians; a square number on a grid.'),
    radius: positiveNumber('Ring: radius of the circle. Grid: half of its side.', { default: 2 }),
    std: positiveNumber('Standard deviation of each Gaussian, in the units of the radius.', {
      default: 0.05,
    }),
    seed: dataSeed,
    splits,
  },
  { description: '2-D mixture of equally likely Gaussians.' },
);

export const swissRoll = record(
  {
    type: Type.Literal('swiss_roll'),
    std: Type.Number({
      minimum: 0,
      default: 0.25,
      description:
        'Standard deviation of the noise before scaling, as in scikit-learn and improved_wgan_training.',
    }),
    seed: dataSeed,
    splits,
  },
  { description: '2-D spiral: coordinates x and z of the Swiss roll, divided by 7.5.' },
);

export const parallelLines = record(
  { type: Type.Literal('parallel_lines'), seed: dataSeed, splits },
  {
    description:
      'The line at 0 of arXiv 1701.07875, Example 1: points (0, z), z uniform in [0, 1]. Its generator is a `parallel_line_generator`.',
  },
);

export const gaussian = record(
  {
    type: Type.Literal('gaussian'),
    mean: Type.Number({ default: 0, description: 'Its mean.' }),
    std: positiveNumber('Its standard deviation.', { default: 1 }),
    seed: dataSeed,
    splits,
  },
  { description: 'One Gaussian on the line: points of one component.' },
);

export const shapes = record(
  {
    type: Type.Literal('shapes'),
    side: Type.Integer({ minimum: 4, maximum: 4096, description: 'Side of the images in pixels.' }),
    kinds: Type.Array(words(['disc', 'square', 'triangle', 'ring']), {
      minItems: 1,
      default: ['disc', 'square', 'triangle', 'ring'],
      description: 'Kinds of figures.',
    }),
    places: Type.Integer({
      minimum: 1,
      maximum: 16,
      default: 1,
      description: 'Rows and columns of places that figures stand at.',
    }),
    colours: Type.Array(words(['white', 'red', 'green', 'blue', 'yellow', 'cyan', 'magenta']), {
      minItems: 1,
      default: ['white'],
      description:
        'Colours of figures, on black. White alone gives images of one channel, all others of three.',
    }),
    jitter: Type.Number({
      minimum: 0,
      maximum: 0.5,
      default: 0.1,
      description:
        'How far a figure is moved at most, right or left and up or down, in parts of its place’s side.',
    }),
    classes: words(['kind', 'mode'], {
      default: 'kind',
      description: 'What labels tell: the kinds, or each kind at each place in each colour.',
    }),
    seed: dataSeed,
    splits,
  },
  { description: 'Drawn images of one figure each, of which the class and the mode are known.' },
);

export const idx = record(
  {
    type: Type.Literal('idx'),
    images: reference('file', 'IDX file of unsigned bytes, N x height x width; gzipped or not.'),
    labels: Type.Optional(reference('file', 'IDX file of N labels; gzipped or not.')),
    resize: Type.Optional(resize),
    seed: dataSeed,
    splits,
  },
  { description: 'MNIST and its relatives, in the IDX format.' },
);

export const cifar10 = record(
  {
    type: Type.Literal('cifar10'),
    files: Type.Array(reference('file', 'A batch of the binary version: 3,073 bytes an image.'), {
      minItems: 1,
      description: 'Batch files, read one after the other.',
    }),
    resize: Type.Optional(resize),
    seed: dataSeed,
    splits,
  },
  { description: 'CIFAR-10, binary version.' },
);

export const imageFolder = record(
  {
    type: Type.Literal('image_folder'),
    path: reference(
      'folder',
      'Folder of PNG and JPEG files; a subfolder a class where there are subfolders.',
    ),
    resize,
    channels: Type.Unsafe<1 | 3>({
      type: 'integer',
      enum: [1, 3],
      default: 3,
      description: '3: colour, 1: greyscale.',
    }),
    unreadable: words(['error', 'skip'], {
      default: 'error',
      description:
        'A damaged image: an error that names it, or it is left out and counted, for which all are read once more.',
    }),
    seed: dataSeed,
    splits,
  },
  { description: 'Images from a folder; the shorter side is resized, then the centre is cropped.' },
);

export const text = record(
  {
    type: Type.Literal('text'),
    path: reference('file', 'UTF-8 text, a line a paragraph.'),
    tokens: words(['character', 'word'], { description: 'What a sequence is made of.' }),
    length: positiveInteger('Tokens in a sequence.'),
    sequences: words(['windows', 'lines'], {
      default: 'windows',
      description:
        'Windows: stretches of the whole text, one after another. Lines: one sequence a line, cut or filled to the length.',
    }),
    lower_case: Type.Boolean({ default: false, description: 'Whether capitals become small letters.' }),
    vocabulary: record(
      {
        max: positiveInteger('Most different tokens: the most frequent ones.'),
        unknown: words(['error', 'replace', 'skip'], {
          default: 'error',
          description: 'A token beyond them: an error, one common token, or its sequence is left out.',
        }),
      },
      { description: 'Learnt from the text.' },
    ),
    seed: dataSeed,
    splits,
  },
  { description: 'Text as sequences of characters or words.' },
);

export const dataset = tagged(
  [gaussianMixture, swissRoll, parallelLines, gaussian, shapes, idx, cifar10, imageFolder, text],
  { description: 'Where samples come from.' },
);

export type DatasetSpec = Static<typeof dataset>;

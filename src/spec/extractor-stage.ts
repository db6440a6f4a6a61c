import type { Static } from 'typebox';

import { Type } from './type.js';

import { positiveNumber, record, reference, tagged, words } from './schema-builders.js';
import { tensorStage } from './stage-fields.js';

const savedModel = record(
  {
    type: Type.Literal('saved_model'),
    path: reference('folder', 'Folder with saved_model.pb and variables.'),
    signature: Type.String({
      minLength: 1,
      default: 'serving_default',
      description: 'Which of its signatures names inputs and outputs.',
    }),
  },
  { description: 'A SavedModel of TensorFlow’s; it is computed by TensorFlow’s library alone.' },
);

const graphModel = record(
  {
    type: Type.Literal('graph_model'),
    path: reference('folder', 'Folder with model.json and its weights.'),
  },
  {
    description:
      'A graph model of TensorFlow.js, as tensorflowjs_converter writes it; any backend computes it.',
  },
);

const channels = (items: object, standard: number, description: string) =>
  Type.Unsafe<number[]>({ type: 'array', items, minItems: 1, maxItems: 3, default: [standard], description });

export const extractorStage = record(
  {
    type: Type.Literal('extractor'),
    ...tensorStage,
    network: tagged([savedModel, graphModel], {
      description: 'The network, as it lies on your disk. It is checked before anything of it is loaded.',
    }),
    input: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'The input that takes images, by its name in the signature. Without it, the only one.',
      }),
    ),
    features: Type.String({
      minLength: 1,
      description: 'The output that metrics compare, [batch, features], by its name in the signature.',
    }),
    logits: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'The output of classes before the softmax, which `inception_score` needs.',
      }),
    ),
    round: words(['uint8', 'none'], {
      default: 'uint8',
      description: 'uint8: pixels from 0 to 255 are rounded to whole ones first, as image files hold them.',
    }),
    grey: words(['refuse', 'repeat'], {
      default: 'refuse',
      description: 'Images of one channel: refused by a network of three, or repeated three times for it.',
    }),
    size: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 4096,
        description: 'Side in pixels that images are resized to. Without it they keep theirs.',
      }),
    ),
    resize: words(['tf1_bilinear', 'bilinear'], {
      default: 'tf1_bilinear',
      description:
        'tf1_bilinear: without half-pixel centres, as Inception’s features for FID are defined. bilinear: with them, as today.',
    }),
    mean: channels(
      Type.Number(),
      0,
      'Taken from pixels, which are from 0 to 255: one number, or one a channel.',
    ),
    std: channels(
      positiveNumber('A divisor.'),
      1,
      'What they are divided by then: one number, or one a channel.',
    ),
    layout: words(['nhwc', 'nchw'], { default: 'nhwc', description: 'Whether channels come last or first.' }),
    batch_size: Type.Integer({
      minimum: 1,
      maximum: 1024,
      default: 32,
      description: 'Images that the network is given at once, where it leaves that open.',
    }),
  },
  { description: 'Takes a network of yours, whose inner features metrics compare.' },
);

export type ExtractorStage = Static<typeof extractorStage>;

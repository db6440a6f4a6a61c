import { Type } from './type.js';

import { positiveInteger, record, words } from './schema-builders.js';

export const augmentation = record(
  {
    flip: Type.Boolean({
      default: false,
      description: 'Whether each real image is mirrored, left to right, with probability 1/2.',
    }),
    crop: Type.Optional(
      positiveInteger(
        'Pixels that a real image is moved by at most, up or down and right or left; what comes into view is black.',
      ),
    ),
    diff_augment: Type.Optional(
      Type.Array(words(['color', 'translation', 'cutout'], { description: 'One transformation.' }), {
        minItems: 1,
        uniqueItems: true,
        description:
          'What real and generated images go through before the critic sees them, in this order (arXiv 2006.10738).',
      }),
    ),
  },
  { description: 'Random changes of images. Without it, none.' },
);

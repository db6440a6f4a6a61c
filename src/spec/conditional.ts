import type { Static } from 'typebox';

import { Type } from './type.js';

import { positiveInteger, record, tagged } from './schema-builders.js';

const generator = tagged(
  [
    record(
      {
        type: Type.Literal('embedding'),
        dimensions: positiveInteger('Length of a class’s vector, drawn from N(0, 1) and learnt.', {
          default: 32,
        }),
      },
      {
        description:
          'A vector of the class stands behind the latent one. With any architecture that is no formula.',
      },
    ),
    record(
      { type: Type.Literal('norm') },
      {
        description:
          'Each norm has a scale and an offset for each channel of each class (arXiv 1610.07629). With generators that have norms.',
      },
    ),
  ],
  { description: 'How the generator is told the class.', default: { type: 'embedding' } },
);

export const conditional = tagged(
  [
    record(
      { type: Type.Literal('projection'), generator },
      {
        description:
          'The critic’s last layer adds the product of its features with a vector of the class (arXiv 1802.05637).',
      },
    ),
  ],
  {
    description:
      'Both networks are told the class of each sample, by the dataset’s labels. Without it, they are told none.',
  },
);

export type ConditionalSpec = Static<typeof conditional>;

import Type, { type Static } from 'typebox';

import { positiveInteger, record, tagged } from './schema-builders.js';

export const metric = tagged(
  [
    record(
      {
        type: Type.Literal('sliced_wasserstein'),
        projections: positiveInteger('Random directions to average over.', { default: 128 }),
      },
      { description: 'Mean over random directions of the 1-D Wasserstein-1 distance between projections.' },
    ),
    record(
      { type: Type.Literal('modes_covered') },
      {
        description:
          'Modes of a Gaussian mixture that hold at least a tenth of their fair share of samples; beside it ' +
          'the share of samples within 4 standard deviations, and the distance of the histogram from uniform.',
      },
    ),
  ],
  { description: 'A number that compares samples with data.' },
);

export type MetricSpec = Static<typeof metric>;

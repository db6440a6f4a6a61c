import Type, { type Static } from 'typebox';

import { positiveInteger, record, reference, tagged } from './schema-builders.js';

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
    record(
      {
        type: Type.Literal('exact_wasserstein'),
        order: Type.Unsafe<1 | 2>({
          type: 'integer',
          enum: [1, 2],
          default: 1,
          description: 'Order p of the distance.',
        }),
      },
      { description: 'Wasserstein distance between the samples themselves, by an optimal assignment.' },
    ),
    record(
      { type: Type.Literal('fid') },
      {
        description:
          'Fréchet distance between the features that an extractor finds in generated and real images.',
      },
    ),
    record(
      { type: Type.Literal('ngram_js'), n: positiveInteger('Length of the n-grams.') },
      { description: 'Jensen-Shannon divergence between the n-grams of generated and real text.' },
    ),
    record(
      {
        type: Type.Literal('nearest_neighbour'),
        against: reference('split', 'The split that samples may have been copied from.'),
      },
      { description: 'Distance to the nearest sample of a split: near 0 for copies.' },
    ),
  ],
  { description: 'A number that compares samples with data.' },
);

export type MetricSpec = Static<typeof metric>;

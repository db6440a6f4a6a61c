import type { Static } from 'typebox';

import { Type } from './type.js';

import { positiveInteger, positiveNumber, record, reference, tagged, words } from './schema-builders.js';

const order = (description: string) =>
  Type.Unsafe<1 | 2>({ type: 'integer', enum: [1, 2], default: 1, description });

/** Where metrics that compare points may look at them. */
const space = words(['samples', 'features'], {
  default: 'samples',
  description: 'What is compared: samples as they are, or the features that the `extractor` finds in them.',
});

const neighbours = (standard: number) =>
  positiveInteger('Which neighbour’s distance is the radius of a sample’s ball.', { default: standard });

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
        order: order('Order p of the distance.'),
      },
      { description: 'Wasserstein distance between the samples themselves, by an optimal assignment.' },
    ),
    record(
      { type: Type.Literal('analytic_distances') },
      {
        description:
          'Wasserstein-1 and -2, JS, KL, reverse KL and total variation by their formulas: of a `parallel_line_generator` from `parallel_lines`, or of a ' +
          '`gaussian_generator` from a `gaussian`.',
      },
    ),
    record(
      {
        type: Type.Literal('max_sliced_wasserstein'),
        projections: positiveInteger('Random directions, the best of which is improved.', { default: 128 }),
        steps: Type.Integer({
          minimum: 0,
          maximum: 10_000,
          default: 50,
          description: 'Improvements of the best direction, at most.',
        }),
      },
      { description: 'The largest 1-D Wasserstein-1 distance between projections.' },
    ),
    record(
      {
        type: Type.Literal('sinkhorn_divergence'),
        order: order('Power p of the distance that moving a sample costs.'),
        epsilon: positiveNumber(
          'Weight of the entropy, in the units of the cost: data units to the power p.',
          {
            default: 0.1,
          },
        ),
      },
      { description: 'Entropic cost of transport between the samples, less what the entropy adds.' },
    ),
    record(
      { type: Type.Literal('energy_distance') },
      { description: 'Twice the mean distance between the sets, less the mean distances within them.' },
    ),
    record(
      {
        type: Type.Literal('mmd'),
        space,
        kernel: words(['gaussian', 'multiscale', 'polynomial'], {
          default: 'multiscale',
          description: 'Gaussian; the mean of five Gaussians; or cubic, as in KID.',
        }),
        bandwidth: Type.Optional(
          positiveNumber(
            'Of the Gaussians, in data units. Without it, the median distance in the reference.',
          ),
        ),
      },
      { description: 'Squared maximum mean discrepancy, without bias.' },
    ),
    record(
      { type: Type.Literal('nearest_neighbour_test'), space },
      {
        description:
          'How often a sample’s nearest neighbour tells whether it is generated: 0.5 where it does not; beside it ' +
          'the share of the generated and of the reference samples that are told.',
      },
    ),
    record(
      { type: Type.Literal('precision_recall'), space, neighbours: neighbours(3) },
      {
        description:
          'Share of generated samples among the reference (`precision`), and of the reference among them (`recall`).',
      },
    ),
    record(
      { type: Type.Literal('density_coverage'), space, neighbours: neighbours(5) },
      {
        description:
          'How densely the reference surrounds generated samples (`density`), and the share of it that has one near (`coverage`).',
      },
    ),
    record(
      { type: Type.Literal('spectrum_distance') },
      {
        description:
          'How far the power of images at each spatial frequency is from that of the reference, in decibels.',
      },
    ),
    record(
      {
        type: Type.Literal('ms_ssim'),
        pairs: positiveInteger('Random pairs of samples to average over.', { default: 500 }),
      },
      {
        description:
          'How alike two images of the generator are, on average, and beside it two of the reference: multi-scale structural similarity.',
      },
    ),
    record(
      { type: Type.Literal('fid') },
      {
        description:
          'Fréchet distance between the features that the `extractor` finds in generated and real samples.',
      },
    ),
    record(
      {
        type: Type.Literal('kid'),
        subsets: Type.Integer({
          minimum: 2,
          maximum: 10_000,
          default: 100,
          description: 'Random subsets of samples to average over.',
        }),
        subset_size: Type.Optional(
          Type.Integer({
            minimum: 2,
            maximum: 10_000,
            description:
              'Samples in each. Without it 1,000, or half of the samples where they are fewer than 2,000.',
          }),
        ),
      },
      {
        description:
          'Kernel distance between the features that the `extractor` finds, without bias; beside it its standard error.',
      },
    ),
    record(
      {
        type: Type.Literal('inception_score'),
        splits: positiveInteger('Parts of the samples to average over.', { default: 10 }),
      },
      {
        description:
          'How sure the `extractor` is of the classes of generated samples, and how many there are; beside it the deviation over parts.',
      },
    ),
    record(
      { type: Type.Literal('conditional_accuracy') },
      {
        description:
          'Share of generated samples that the `extractor` takes for the class which the generator was told; beside it that of the reference.',
      },
    ),
    record(
      { type: Type.Literal('ngram_js'), n: positiveInteger('Length of the n-grams.') },
      { description: 'Jensen-Shannon divergence between the n-grams of generated and real text, in bits.' },
    ),
    record(
      {
        type: Type.Literal('nearest_neighbour'),
        space,
        against: reference('split', 'The split that samples may have been copied from.'),
      },
      {
        description:
          'Mean distance to the nearest sample of a split: near 0 for copies; beside it that of the reference.',
      },
    ),
  ],
  { description: 'A number that compares samples with data.' },
);

export type MetricSpec = Static<typeof metric>;

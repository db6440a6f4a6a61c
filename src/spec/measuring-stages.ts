import type { Static } from 'typebox';

import { Type } from './type.js';

import { metric } from './metrics.js';
import {
  named,
  positiveInteger,
  positiveNumber,
  quantity,
  record,
  reference,
  words,
} from './schema-builders.js';
import { fixedSeed, followingSeed, readingStage, tensorStage } from './stage-fields.js';
import { plainOptimizer } from './optimizers.js';

const weights = words(['average', 'last'], {
  default: 'average',
  description:
    'The moving average of the generator’s weights where the training keeps one, or always the last.',
});

export const evaluateStage = record(
  {
    type: Type.Literal('evaluate'),
    ...readingStage,
    model: reference('model', 'The train stage whose generator is measured.'),
    at: words(['end', 'every_snapshot'], { default: 'end', description: 'Which weights to measure.' }),
    weights,
    reference: reference('split', 'Dataset split to compare with, as in `mnist.test`.'),
    samples: positiveInteger('Generated samples; as many are taken from the reference where it has them.'),
    extractor: Type.Optional(
      reference(
        'extractor',
        'The classifier or extractor stage whose features metrics such as `fid` compare.',
      ),
    ),
    metrics: named(metric, {
      minProperties: 1,
      description: 'Metrics by name; referred to as `stage.name`.',
    }),
    seed: followingSeed,
  },
  { description: 'Measures a generator against a dataset.' },
);

export const sampleStage = record(
  {
    type: Type.Literal('sample'),
    ...tensorStage,
    model: reference('model', 'The train stage whose generator is sampled.'),
    weights,
    count: positiveInteger('Samples to draw.'),
    seed: followingSeed,
  },
  { description: 'Draws samples: an array (.npy) and a picture of them, or their text.' },
);

export const classifierStage = record(
  {
    type: Type.Literal('classifier'),
    ...readingStage,
    dataset: reference('split', 'Labelled dataset split to learn, as in `mnist.train`.'),
    test: Type.Optional(
      reference('split', 'Split of which to tell how many labels are right: `test_accuracy`.'),
    ),
    budget: quantity(
      { epochs: positiveNumber('Passes over the split.'), steps: positiveInteger('Updates.') },
      'How long to train: one quantity, its key being the unit.',
    ),
    batch_size: positiveInteger('Samples in a batch.', { default: 128 }),
    optimizer: { ...plainOptimizer, default: { type: 'adam', lr: 1e-3 } },
    seed: fixedSeed('Seed of initial weights and batches; apart from the pipeline’s, as a ruler should be.'),
  },
  { description: 'Trains a classifier of the dataset’s labels, whose inner features metrics compare.' },
);

export type EvaluateStage = Static<typeof evaluateStage>;
export type SampleStage = Static<typeof sampleStage>;
export type ClassifierStage = Static<typeof classifierStage>;

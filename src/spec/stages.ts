import Type, { type Static } from 'typebox';

import { metric } from './metrics.js';
import { named, positiveInteger, record, reference, tagged, words } from './schema-builders.js';
import { budget, criticIterations, lipschitz, objective, optimizers } from './training.js';

/** What any stage may say, and what never changes its result: these fields are left out of the fingerprint. */
const common = {
  desc: Type.Optional(Type.String({ description: 'For readers; it changes nothing.' })),
  needs: Type.Optional(
    Type.Array(reference('stage', 'A stage.'), {
      description: 'Stages to wait for, beyond those referred to.',
    }),
  ),
};

const seed = Type.Integer({
  minimum: 0,
  maximum: 2 ** 32 - 1,
  description: 'Seed of initial weights, batches and noise. Defaults to the pipeline’s seed.',
  'x-inherits': 'seed',
});

const threads = positiveInteger(
  'Threads inside one TensorFlow operation. Part of the result’s identity: other numbers give other last bits.',
  { default: 2 },
);

const samplesPerModel = (description: string) => positiveInteger(description);

export const trainStage = record(
  {
    type: Type.Literal('train'),
    ...common,
    dataset: reference('split', 'Dataset split to learn, as in `mnist.train`.'),
    generator: reference('generator', 'Name of an architecture.'),
    critic: reference('critic', 'Name of an architecture.'),
    objective,
    critic_iterations: criticIterations,
    lipschitz,
    optimizer: optimizers,
    batch_size: positiveInteger('Samples in a batch.'),
    budget,
    snapshots: Type.Optional(
      record(
        {
          every: record(
            { generator_steps: positiveInteger('Generator steps between snapshots.') },
            { description: 'How often.' },
          ),
          samples: positiveInteger('Samples drawn at each snapshot, always from the same noise.', {
            default: 64,
          }),
        },
        { description: 'Weights and a sample grid kept along the way, at step 0 and at the end too.' },
      ),
    ),
    seed,
    threads,
  },
  { description: 'Trains a generator against a critic.' },
);

export const evaluateStage = record(
  {
    type: Type.Literal('evaluate'),
    ...common,
    model: reference('stage', 'The train stage whose generator is measured.'),
    at: words(['end', 'every_snapshot'], { default: 'end', description: 'Which weights to measure.' }),
    reference: reference('split', 'Dataset split to compare with, as in `mnist.test`.'),
    samples: samplesPerModel('Generated samples; as many are taken from the reference where it has them.'),
    metrics: named(metric, {
      minProperties: 1,
      description: 'Metrics by name; referred to as `stage.name`.',
    }),
    seed,
    threads,
  },
  { description: 'Measures a generator against a dataset.' },
);

export const sampleStage = record(
  {
    type: Type.Literal('sample'),
    ...common,
    model: reference('stage', 'The train stage whose generator is sampled.'),
    count: samplesPerModel('Samples to draw.'),
    seed,
    threads,
  },
  { description: 'Draws samples: an array (.npy) and a picture of them.' },
);

export const stage = tagged([trainStage, evaluateStage, sampleStage], {
  description: 'A step of the pipeline.',
});

export type TrainStage = Static<typeof trainStage>;
export type EvaluateStage = Static<typeof evaluateStage>;
export type SampleStage = Static<typeof sampleStage>;
export type StageSpec = Static<typeof stage>;

export const stages = named(stage, {
  minProperties: 1,
  description: 'Stages by name; order does not matter.',
});

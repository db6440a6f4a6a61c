import type { Static } from 'typebox';

import { Type } from './type.js';

import { positiveInteger, record, reference, words } from './schema-builders.js';
import { augmentation } from './augmentation.js';
import { conditional } from './conditional.js';
import { followingSeed, readingStage } from './stage-fields.js';
import { criticIterations } from './critic-iterations.js';
import { diagnostics } from './diagnostics.js';
import { lipschitz } from './lipschitz.js';
import { registering } from './registering.js';
import { objective } from './objective.js';
import { optimizers } from './optimizers.js';
import { average, budget, onDivergence } from './training.js';

const snapshots = record(
  {
    every: record(
      { generator_steps: positiveInteger('Generator steps between snapshots.') },
      { description: 'How often.' },
    ),
    samples: positiveInteger('Samples drawn at each snapshot, always from the same noise.', { default: 64 }),
  },
  { description: 'Weights and a sample grid kept along the way, at step 0 and at the end too.' },
);

export const trainStage = record(
  {
    type: Type.Literal('train'),
    ...readingStage,
    dataset: reference('split', 'Dataset split to learn, as in `mnist.train`.'),
    generator: reference('generator', 'Name of an architecture.'),
    critic: reference('critic', 'Name of an architecture.'),
    objective,
    critic_iterations: criticIterations,
    lipschitz,
    optimizer: optimizers,
    batch_size: positiveInteger('Samples in a batch.'),
    precision: words(['float32', 'bfloat16'], {
      description:
        'Of products of matrices and of convolutions: bfloat16 is faster where the processor has it, and rounds to 8 bits.',
      default: 'float32',
    }),
    budget,
    conditional: Type.Optional(conditional),
    augmentation: Type.Optional(augmentation),
    average: Type.Optional(average),
    snapshots: Type.Optional(snapshots),
    diagnostics: Type.Optional(diagnostics),
    on_divergence: Type.Optional(onDivergence),
    register: Type.Optional(registering),
    seed: followingSeed,
  },
  { description: 'Trains a generator against a critic.' },
);

export type TrainStage = Static<typeof trainStage>;

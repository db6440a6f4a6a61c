import type { Static } from 'typebox';

import { Type } from './type.js';

import { architecture } from './architectures.js';
import { dataset } from './datasets.js';
import { named, record } from './schema-builders.js';
import { stages } from './stages.js';

/**
 * The canonical form of a pipeline: shorthands expanded, defaults filled in, `${...}` replaced.
 * Stage implementations see only (parts of) this.
 */
export const pipeline = record({
  version: Type.Literal(1, { description: 'Version of this language.' }),
  name: Type.String({
    pattern: '^[a-z0-9][a-z0-9_-]*$',
    maxLength: 100,
    description: 'Names the MLflow experiment and the folder of its runs.',
  }),
  desc: Type.Optional(Type.String({ description: 'What the pipeline is for, in a sentence or two.' })),
  seed: Type.Integer({
    minimum: 0,
    maximum: 2 ** 32 - 1,
    default: 0,
    description: 'Default seed of the stages that train, sample and evaluate.',
  }),
  datasets: named(dataset, { description: 'Datasets by name.', default: {} }),
  architectures: named(architecture, { description: 'Networks by name.', default: {} }),
  stages,
});

export type PipelineSpec = Static<typeof pipeline>;

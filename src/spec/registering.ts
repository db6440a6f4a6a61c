import type { Static } from 'typebox';

import { Type } from './type.js';

import { namePattern, record, words } from './schema-builders.js';

export const registering = record(
  {
    name: Type.String({
      pattern: namePattern,
      maxLength: 250,
      description: 'Of the registered model. Each training is a version of it.',
    }),
    alias: Type.Optional(
      Type.String({
        pattern: namePattern,
        maxLength: 255,
        description: 'Of the new version, which another had before, as in `candidate`.',
      }),
    ),
    network: words(['generator', 'critic'], { default: 'generator', description: 'Which of the two.' }),
  },
  {
    description:
      'Enters the trained network into the model registry of the MLflow server that the run is sent to.',
  },
);

export type RegisterSpec = Static<typeof registering>;

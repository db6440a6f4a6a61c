import { Type } from './type.js';

import { positiveInteger, positiveNumber, quantity, record, reference, words } from './schema-builders.js';

/** A length of time on the clock. */
export const duration = (description: string) =>
  quantity(
    {
      seconds: positiveNumber('Seconds.'),
      minutes: positiveNumber('Minutes.'),
      hours: positiveNumber('Hours.'),
    },
    description,
  );

const memory = quantity(
  { mib: positiveNumber('Mebibytes, 2^20 bytes.'), gib: positiveNumber('Gibibytes, 2^30 bytes.') },
  'Main memory that the stage may need.',
);

const threads = positiveInteger(
  'Threads inside one TensorFlow operation. Part of the result’s identity: other numbers give other last bits.',
  { default: 2 },
);

const gpu = Type.Integer({
  minimum: 0,
  maximum: 64,
  default: 0,
  description: 'GPUs that the stage has to itself.',
});

const resourcesDescription = 'What the stage takes of the machine while it runs.';

const samples = words(['auto', 'memory', 'disk'], {
  default: 'auto',
  description:
    'Where the samples that are read are kept: disk reads them from the dataset’s artifact when they are wanted. auto: in memory up to 1 GiB.',
});

/** Of stages that compute with tensors. */
export const tensorResources = record(
  { threads, gpu, memory: Type.Optional(memory) },
  { description: resourcesDescription, default: {} },
);

/** Of those that read samples, too. */
const readingResources = record(
  { threads, gpu, memory: Type.Optional(memory), samples },
  { description: resourcesDescription, default: {} },
);

/** Of all other stages. */
const plainResources = record(
  { gpu, memory: Type.Optional(memory) },
  { description: resourcesDescription, default: {} },
);

/** What any stage may say, and what never changes its result: these fields are left out of the fingerprint. */
const anyStage = {
  desc: Type.Optional(Type.String({ description: 'For readers; it changes nothing.' })),
  needs: Type.Optional(
    Type.Array(reference('stage', 'A stage.'), {
      description: 'Stages to wait for, beyond those referred to.',
    }),
  ),
  cache: Type.Boolean({
    default: true,
    description: 'false: the stage runs every time, and so does what reads from it.',
  }),
  retries: Type.Integer({
    minimum: 0,
    maximum: 100,
    default: 0,
    description: 'How often the stage is run again after it failed or ran out of time.',
  }),
  timeout: Type.Optional(duration('The longest that one attempt may take, as in {minutes: 30}.')),
};

/** The names of the fields that never change a result. */
export type PolicyField = keyof typeof anyStage | 'resources' | 'register';

/** Of stages that compute with tensors. */
export const tensorStage = { ...anyStage, resources: tensorResources };

/** Of those that read samples, too. */
export const readingStage = { ...anyStage, resources: readingResources };

/** Of all other stages. */
export const plainStage = { ...anyStage, resources: plainResources };

const largestSeed = 2 ** 32 - 1;

/** The seed of a stage that trains, samples or evaluates: it follows the pipeline's. */
export const followingSeed = Type.Integer({
  minimum: 0,
  maximum: largestSeed,
  description: 'Seed of initial weights, batches and noise. Defaults to the pipeline’s seed.',
  'x-inherits': 'seed',
});

/** The seed of every other stage: rulers stay where they are while the pipeline's seed varies. */
export const fixedSeed = (description: string) =>
  Type.Integer({ minimum: 0, maximum: largestSeed, default: 0, description });

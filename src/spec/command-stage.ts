import type { Static } from 'typebox';

import { Type } from './type.js';

import { named, namePattern, record, reference } from './schema-builders.js';
import { fixedSeed, plainStage } from './stage-fields.js';

export const commandStage = record(
  {
    type: Type.Literal('command'),
    ...plainStage,
    run: Type.Array(Type.String(), {
      minItems: 1,
      description: 'Program and arguments. A single text is a line for the shell, /bin/sh.',
    }),
    directory: {
      ...reference('folder', 'Where it runs. By default the folder of the file that declares the stage.'),
      default: '.',
    },
    inputs: named(reference('stage', 'A stage.'), {
      default: {},
      description: 'Stages that it reads, by name: the folder of `model` is $WASSERMILL_IN_MODEL.',
    }),
    deps: Type.Array(reference('data', 'A file or folder.'), {
      default: [],
      description: 'Files and folders of yours that it reads: other contents are another result.',
    }),
    outs: Type.Array(
      Type.String({ minLength: 1, maxLength: 200, description: 'A path below that folder.' }),
      {
        default: [],
        description: 'Files and folders that it makes in the folder $WASSERMILL_OUT.',
      },
    ),
    metrics: Type.Array(Type.String({ pattern: namePattern }), {
      default: [],
      description: 'Numbers by name that it writes to $WASSERMILL_OUT/metrics.json.',
    }),
    seed: fixedSeed('What the program finds as $WASSERMILL_SEED.'),
  },
  { description: 'Runs a program of yours.' },
);

/** Files that the store keeps beside what a command makes, so that no command may. */
export const storeFiles = ['artifact.json', 'events.jsonl'];

/** The environment variable by which a command finds an input: `WASSERMILL_IN_TEST_SET` for `test-set`. */
export function inputVariable(name: string): string {
  return `WASSERMILL_IN_${name.toUpperCase().replace(/[.-]/g, '_')}`;
}

export type CommandStage = Static<typeof commandStage>;

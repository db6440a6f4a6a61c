import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { RandomStream } from '../../src/base/streams.js';
import type { Checkpoints, StageContext, StageEvent } from '../../src/execute/contract.js';
import type { StageId } from '../../src/plan/types.js';
import type { RunnableFields } from '../../src/spec/runnable.js';
import { writeDatasetManifest, writeLabels, writeSamples } from '../../src/stages/dataset-artifact.js';
import { runTrain } from '../../src/stages/train.js';
import { noCheckpoints } from '../execute/support.js';

export type TrainFields = RunnableFields['train'];

const rmsprop = {
  type: 'rmsprop',
  lr: 1e-3,
  rho: 0.99,
  epsilon: 1e-8,
  schedule: { type: 'constant' },
} as const;

/** A WGAN of small MLPs, five generator steps long, without snapshots on the way. */
export const trainFields: TrainFields = {
  generator: { type: 'mlp_generator', z_dim: 2, hidden: [16], activation: 'relu', norm: 'none' },
  critic: { type: 'mlp_critic', hidden: [16], activation: 'leaky_relu', norm: 'none' },
  objective: { type: 'wasserstein' },
  critic_iterations: { type: 'constant', count: 2 },
  lipschitz: { type: 'clip', range: [-0.1, 0.1], layers: {}, when: 'after_step' },
  optimizer: { generator: rmsprop, critic: rmsprop },
  batch_size: 16,
  precision: 'float32',
  budget: { generator_steps: 5 },
  seed: 3,
  threads: 2,
};

/** Of samples with classes. */
export interface Labelled {
  readonly classes: number;
  readonly of: (sample: number) => number;
}

/** Three classes of which one is as frequent as the other two. */
export const threeClasses: Labelled = { classes: 3, of: (sample) => Math.max(0, (sample % 4) - 1) };

/** A dataset's artifact with one split, `train`: points, or random 16x16 images. */
export async function datasetIn(
  directory: string,
  kind: 'points' | 'images',
  count: number,
  labelled?: Labelled,
): Promise<void> {
  const shape = kind === 'points' ? [2] : [16, 16, 1];
  const stream = new RandomStream({ seed: 1, purpose: kind });
  const values =
    kind === 'points'
      ? stream.normal(2 * count)
      : Uint8Array.from({ length: 256 * count }, () => stream.integerBelow(256));
  await mkdir(directory, { recursive: true });
  const dtype = kind === 'points' ? 'float32' : 'uint8';
  await writeDatasetManifest(directory, {
    kind,
    shape,
    dtype,
    splits: { train: count },
    ...(labelled && { classes: labelled.classes }),
  });
  async function* parts() {
    yield await Promise.resolve(values);
  }
  await writeSamples(directory, 'train', { kind, shape }, count, parts());
  if (labelled)
    await writeLabels(
      directory,
      'train',
      Int32Array.from({ length: count }, (_, index) => labelled.of(index)),
    );
}

interface Training {
  readonly folder: string;
  readonly fields?: Partial<TrainFields>;
  readonly kind?: 'points' | 'images';
  readonly count?: number;
  /** Without it, samples have no classes. */
  readonly labelled?: Labelled;
  /** Of the artifact's folder, in `folder`. */
  readonly name?: string;
  readonly signal?: AbortSignal;
  readonly checkpoints?: Checkpoints;
  readonly samples?: 'memory' | 'disk';
  readonly onEvent?: (event: StageEvent) => void;
}

/** Runs a whole train stage in a folder; the clock ticks a second at each look. */
export async function train({
  folder,
  fields,
  kind = 'points',
  count = 100,
  name = 'model',
  ...rest
}: Training) {
  const [dataset, output] = [join(folder, `${name}-dataset`), join(folder, name)];
  await datasetIn(dataset, kind, count, rest.labelled);
  await mkdir(output, { recursive: true });
  const events: StageEvent[] = [];
  let time = 0;
  const context: StageContext<'train'> = {
    stage: 'train' as StageId,
    fields: { ...trainFields, ...fields },
    inputs: { dataset: { stage: 'dataset:points' as StageId, directory: dataset, split: 'train' } },
    output,
    backend: 'native',
    ...(rest.samples && { samples: rest.samples }),
    now: () => (time += 1000),
    emit: (event) => {
      events.push(event);
      rest.onEvent?.(event);
    },
    signal: rest.signal ?? new AbortController().signal,
    checkpoints: rest.checkpoints ?? noCheckpoints,
  };
  await runTrain(context);
  return { output, events };
}

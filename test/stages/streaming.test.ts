import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../files/support.js';
import { train, type TrainFields } from './training-support.js';

const rules: readonly TrainFields['critic_iterations'][] = [
  { type: 'constant', count: 2 },
  { type: 'schedule', count: 1, boost: 3, first: { generator_steps: 1 }, every: { generator_steps: 2 } },
  { type: 'adaptive', min: 1, max: 3, threshold: 0.1 },
];

describe.each(rules)('with $type critic iterations', (criticIterations) => {
  test('a training on samples from the disk gives the bits of one on samples in memory', async () => {
    const folder = await temporaryFolder();
    const bitsOf = async (samples: 'memory' | 'disk') => {
      const { output } = await train({
        folder,
        name: samples,
        kind: 'images',
        // Two batches an epoch.
        count: 40,
        samples,
        fields: {
          critic_iterations: criticIterations,
          augmentation: { flip: true, crop: 2 },
          diagnostics: {
            every: { generator_steps: 2 },
            of: ['gradient_norms'],
            critic_improvement: { critic_steps: 2 },
          },
          on_divergence: { action: 'stop', max_estimate: 1e6, every: 2, lr_factor: 1, attempts: 3 },
        },
      });
      return readFile(join(output, 'snapshots/step-000005/generator.bin'));
    };
    expect((await bitsOf('disk')).equals(await bitsOf('memory'))).toBe(true);
  });
});

test('samples that are gone in the middle of a training are a problem that names their file', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'model-dataset/train.samples.npy');
  let removal: Promise<void> | undefined;
  const training = train({
    folder,
    kind: 'images',
    samples: 'disk',
    fields: { budget: { generator_steps: 200 } },
    onEvent: ({ type }) => {
      if (type === 'metrics') removal ??= rm(file);
    },
  });
  await expect(training).rejects.toMatchObject({
    name: 'StageProblem',
    message: `samples can no longer be read from ${file}: it is gone`,
  });
});

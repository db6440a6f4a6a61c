import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../files/support.js';
import { train, type TrainFields } from './training-support.js';

/** Bits of the generator after two steps on 16x16 images. */
async function trained(name: string, augmentation?: TrainFields['augmentation']): Promise<string> {
  const { output } = await train({
    folder: await temporaryFolder(),
    name,
    kind: 'images',
    fields: { budget: { generator_steps: 2 }, ...(augmentation && { augmentation }) },
  });
  const weights = await readFile(join(output, 'snapshots/step-000002/generator.bin'));
  return weights.toString('base64');
}

test('each word of augmentation makes a difference, and the same one each time', async () => {
  const words: readonly (TrainFields['augmentation'] | undefined)[] = [
    undefined,
    { flip: true },
    { flip: false, crop: 2 },
    { flip: false, diff_augment: ['color'] },
    { flip: false, diff_augment: ['translation'] },
    { flip: false, diff_augment: ['cutout'] },
    { flip: false, diff_augment: ['cutout', 'color'] },
    { flip: false, diff_augment: ['color', 'cutout'] },
  ];
  const results = await Promise.all(words.map((word, at) => trained(`model${at}`, word)));
  expect(new Set(results).size).toBe(words.length);
  expect(await trained('again', words[6])).toBe(results[6]);
  expect(await trained('nothing', { flip: false })).toBe(results[0]);
});

test('a crop as large as the images is a problem of its field', async () => {
  await expect(trained('model', { flip: false, crop: 16 })).rejects.toMatchObject({
    name: 'StageProblem',
    message: 'a crop that moves images by up to 16 pixels shows nothing of some, as they have 16x16',
    field: ['augmentation', 'crop'],
    help: 'Write less than 16.',
  });
});

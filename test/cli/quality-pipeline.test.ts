import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { seededRandom } from '../files/support.js';
import { idxFile } from '../stages/dataset-rig.js';
import { newProject, type Project } from './support.js';

const pipelines = resolve(import.meta.dirname, '../../pipelines');

let project: Project;
beforeAll(async () => {
  project = await newProject();
  for (const name of ['mnist-wgan.yaml', 'mnist-quality.yaml']) {
    await copyFile(join(pipelines, name), join(project.folder, name));
  }
  // Not digits, but bars: of each class in another row.
  const random = seededRandom(1);
  const count = 500;
  const labels = Uint8Array.from({ length: count }, () => Math.floor(10 * random()));
  const pixels = Uint8Array.from({ length: count * 28 * 28 }, (_, place) => {
    const row = Math.floor(place / 28) % 28;
    const isBar = Math.floor((row - 4) / 2) === labels[Math.floor(place / (28 * 28))];
    return isBar ? 200 + Math.floor(56 * random()) : Math.floor(40 * random());
  });
  await project.write('t10k-images-idx3-ubyte.gz', idxFile([count, 28, 28], pixels));
  await project.write('t10k-labels-idx1-ubyte.gz', idxFile([count], labels));
});
afterAll(() => project.remove());

test('pipelines/mnist-quality.yaml measures features of a classifier, on any labelled images', async () => {
  const changes = [
    'datasets.mnist.splits={train: 350, test: 150}',
    'stages.train.budget.generator_steps=3',
    'stages.train.snapshots.every.generator_steps=1',
    'stages.quality.samples=150',
    'stages.features.budget={steps: 60}',
    'stages.features.batch_size=64',
  ];
  const { code, stdout, stderr } = await project.wassermill(
    ['run', 'mnist-quality.yaml', '--json', ...changes.flatMap((change) => ['-S', change])],
    { environment: { MNIST_DIR: project.folder } },
  );
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  const values = new Map<string, number>();
  for (const line of stdout.trim().split('\n')) {
    const { stage, event } = JSON.parse(line) as Reported;
    if (event?.type !== 'metrics') continue;
    for (const [name, value] of Object.entries(event.values)) values.set(`${stage}.${name}`, value);
  }
  expect(values.get('features.test_accuracy')).toBeGreaterThan(0.9);
  // Noise is far from bars, and no more than one class.
  expect(values.get('quality.fid')).toBeGreaterThan(1);
  expect(values.get('quality.kid')).toBeGreaterThan(
    4 * (values.get('quality.kid.standard_error') ?? Infinity),
  );
  expect(values.get('quality.score')).toBeLessThan(3);
  expect(values.get('quality.manifold.recall')).toBe(0);
  expect(Math.abs(values.get('course.tells_of_fid.spearman') ?? NaN)).toBeLessThanOrEqual(1);
});

interface Reported {
  readonly stage: string;
  readonly event?: { readonly type: string; readonly values: Readonly<Record<string, number>> };
}

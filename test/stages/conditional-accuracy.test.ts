import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, expect, test } from 'vitest';

import { digestBytes } from '../../src/base/digest.js';
import type { CriticSpec, GeneratorSpec } from '../../src/spec/architectures.js';
import { readDatasetManifest } from '../../src/stages/dataset-artifact.js';
import { writeModelManifest, writeSnapshot } from '../../src/stages/model-artifact.js';
import { generatorNetwork } from '../../src/tensor/architectures.js';
import { loadBackend } from '../../src/tensor/backend.js';
import * as tf from '../../src/tensor/tf.js';
import { trained } from './classifier-rig.js';
import { ran, temporaryFolder } from './dataset-rig.js';
import { evaluated } from './evaluate-rig.js';

const metrics = { right: { type: 'conditional_accuracy' } } as const;
const critic: CriticSpec = { type: 'mlp_critic', hidden: [4], activation: 'relu', norm: 'none' };
const generator = {
  type: 'mlp_generator',
  z_dim: 1,
  hidden: [4],
  activation: 'relu',
  norm: 'none',
} as const satisfies GeneratorSpec;
const embedding = { type: 'embedding', dimensions: 4 } as const;

let ring: string;
let features: string;
let centres: readonly (readonly number[])[];

beforeAll(async () => {
  await loadBackend('native', 2);
  const spec = { type: 'gaussian_mixture', layout: 'ring', modes: 4, radius: 2, std: 0.1, seed: 0 } as const;
  ({ directory: ring } = await ran({ ...spec, splits: { train: 600, test: 300 } }));
  ({ output: features } = await trained(ring, { budget: { steps: 60 } }));
  centres = (await readDatasetManifest(ring)).mixture?.centres ?? [];
});

/** A model whose generator makes a point of each class: a class's vector is a row of the identity, the last layer has the points. */
async function modelOf(points: readonly (readonly number[])[], isTold = true): Promise<string> {
  const directory = await temporaryFolder();
  const network = generatorNetwork(generator, [2], { classes: 4, ...embedding });
  if (!network.ok) throw new Error(network.error);
  const values: Readonly<Record<string, tf.Tensor>> = {
    'class/embedding': tf.eye(4),
    'dense1/weights': tf.concat([tf.zeros([1, 4]), tf.eye(4)]),
    'output/weights': tf.tensor2d(points.map((point) => [...point])),
  };
  const weights = Object.fromEntries(
    network.value.parameters.map(({ name, shape }) => [name, values[name] ?? tf.zeros([...shape])]),
  );
  await writeSnapshot(directory, 0, { generator: weights, critic: {} });
  await writeModelManifest(directory, {
    generator,
    critic,
    shape: [2],
    ...(isTold && {
      conditional: { type: 'projection', generator: embedding, classes: [300, 100, 100, 100] },
    }),
    average: false,
    snapshots: [0],
    generator_steps: 0,
  });
  return directory;
}

const measured = async (points: readonly (readonly number[])[]) => {
  const { written } = await evaluated(await modelOf(points), ring, { metrics, samples: 600 }, features);
  return (written as [{ values: Readonly<Record<string, number>> }])[0].values;
};

test('is 1 of a generator that makes each class where it lies, and 0 of one that makes the next class', async () => {
  const right = await measured(centres);
  expect(right['right']).toBe(1);
  expect(right['right.of_reference']).toBeGreaterThan(0.95);
  expect(await measured(centres)).toEqual(right);
  const [first = [], ...rest] = centres;
  expect((await measured([...rest, first]))['right']).toBe(0);
});

test('classes are asked for as frequent as they were in the training', async () => {
  const [first = []] = centres;
  const { right = NaN } = await measured([first, first, first, first]);
  // Half of 600, within 4 standard deviations.
  expect(Math.abs(right - 0.5)).toBeLessThan(0.082);
});

test('its values are of the labels and of the extractor, too', async () => {
  const { identities } = await evaluated(await modelOf(centres), ring, { metrics, samples: 64 }, features);
  expect(identities['right']).toMatchObject({
    metric: 'conditional_accuracy',
    labels: digestBytes(await readFile(join(ring, 'test.labels.npy'))),
    extractor: digestBytes(await readFile(join(features, 'weights.bin'))),
  });
});

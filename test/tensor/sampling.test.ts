import { expect, test } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import type { GeneratorOptions } from '../../src/networks/architectures.js';
import { sampleGenerator } from '../../src/tensor/sampling.js';
import * as tf from '../../src/tensor/tf.js';
import { decodeWeights, encodeWeights } from '../../src/tensor/weights-file.js';
import { initialWeights, modelOf, useNativeBackend, valuesOf } from './support.js';

useNativeBackend();

const noise = { seed: 4, purpose: 'test' };
const batchNormed: GeneratorOptions = { type: 'dcgan_generator', z_dim: 6, ngf: 4, norm: 'batch' };

function someGenerator() {
  const { generator } = modelOf({ generator: batchNormed, shape: [16, 16, 1] });
  return { generator, weights: initialWeights(generator, 'generator') };
}

test('the first samples do not depend on how many are asked for, even under batch norm', async () => {
  const { generator, weights } = someGenerator();
  const many = await sampleGenerator(generator, weights, { noise, count: 150 });
  expect(many.values).toHaveLength(150 * 256);
  for (const count of [1, 64, 65]) {
    const few = await sampleGenerator(generator, weights, { noise, count });
    expect(few).toMatchObject({ count, shape: [16, 16, 1] });
    expect(few.values).toEqual(many.values.subarray(0, count * 256));
  }
});

test('batch norm uses the statistics of batches of 64', async () => {
  const { generator, weights } = someGenerator();
  const { values } = await sampleGenerator(generator, weights, { noise, count: 2 });
  const latent = tf.tensor2d(new RandomStream(noise).normal(64 * 6), [64, 6]);
  const batch = valuesOf(generator.forward(weights, latent));
  expect(values).toEqual(batch.slice(0, 2 * 256));
});

test('other noise gives other samples', async () => {
  const { generator, weights } = someGenerator();
  const [a, b] = await Promise.all(
    [4, 5].map((seed) => sampleGenerator(generator, weights, { noise: { ...noise, seed }, count: 1 })),
  );
  expect(a?.values).not.toEqual(b?.values);
});

test('stops between batches when asked to', async () => {
  const { generator, weights } = someGenerator();
  const signal = AbortSignal.abort();
  await expect(sampleGenerator(generator, weights, { noise, count: 1, signal })).rejects.toBe(signal.reason);
});

test('weights come back from their file as they were', async () => {
  const { generator, weights } = someGenerator();
  const encoded = await encodeWeights(weights);
  expect(encoded.specs.map(({ name }) => name)).toEqual(generator.parameters.map(({ name }) => name));
  const first = new DataView(encoded.data.buffer, encoded.data.byteOffset).getFloat32(0, true);
  expect(first).toBe(weights[encoded.specs[0]?.name ?? '']?.dataSync()[0]);
  const count = 3;
  const before = await sampleGenerator(generator, weights, { noise, count });
  const decoded = decodeWeights(encoded);
  expect(await sampleGenerator(generator, decoded, { noise, count })).toEqual(before);
  tf.dispose(decoded);
});

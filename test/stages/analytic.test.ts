import { expect, test } from 'vitest';

import { digestJson } from '../../src/base/digest.js';
import { writeModelManifest, writeSnapshot } from '../../src/stages/model-artifact.js';
import type { GeneratorSpec } from '../../src/spec/architectures.js';
import { loadBackend } from '../../src/tensor/backend.js';
import * as tf from '../../src/tensor/tf.js';
import { ran, temporaryFolder } from './dataset-rig.js';
import { evaluated } from './evaluate-rig.js';

const metrics = { exactly: { type: 'analytic_distances' } } as const;

/** A generator with these weights after so many steps. */
async function modelOf(
  generator: GeneratorSpec,
  shape: readonly number[],
  snapshots: Readonly<Record<number, Readonly<Record<string, number>>>>,
): Promise<string> {
  const directory = await temporaryFolder();
  await loadBackend('cpu', 1);
  for (const [step, values] of Object.entries(snapshots)) {
    const weights = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, tf.tensor1d([value])]),
    );
    await writeSnapshot(directory, Number(step), { generator: weights, critic: {} });
  }
  await writeModelManifest(directory, {
    generator,
    critic: { type: 'mlp_critic', hidden: [4], activation: 'relu', norm: 'none' },
    shape,
    average: false,
    snapshots: Object.keys(snapshots).map(Number),
    generator_steps: Math.max(...Object.keys(snapshots).map(Number)),
  });
  return directory;
}

test('a parallel line has the distances of its theta, infinite ones as words', async () => {
  const { directory: lines } = await ran({ type: 'parallel_lines', seed: 0, splits: { test: 200 } });
  const model = await modelOf({ type: 'parallel_line_generator', theta: 1 }, [2], {
    0: { theta: 1 },
    50: { theta: -0.5 },
    90: { theta: 0 },
  });
  const swd = { type: 'exact_wasserstein', order: 1 } as const;
  const { events, written } = await evaluated(model, lines, {
    at: 'every_snapshot',
    metrics: { ...metrics, swd },
  });
  const apart = {
    'exactly.js': Math.LN2,
    'exactly.kl': Infinity,
    'exactly.reverse_kl': Infinity,
    'exactly.tv': 1,
  };
  const values = events.flatMap((event) => (event.type === 'metrics' ? [event.values] : []));
  expect(values[0]).toMatchObject({ 'exactly.w1': 1, ...apart });
  expect(values[1]).toMatchObject({ 'exactly.w1': 0.5, 'exactly.w2': 0.5, ...apart });
  expect(values[2]).toMatchObject({ 'exactly.w1': 0, 'exactly.js': 0, 'exactly.kl': 0, 'exactly.tv': 0 });
  // Beside it what samples say: they are the line's own.
  expect(values[1]?.['swd']).toBeGreaterThan(0.5);
  expect(values[1]?.['swd']).toBeLessThan(0.52);
  expect(written).toMatchObject([
    { step: 0, values: { 'exactly.kl': 'Infinity' } },
    { step: 50 },
    { step: 90, values: { 'exactly.kl': 0 } },
  ]);
});

test('a Gaussian has the distances of its mean and deviation, whatever the sign of that', async () => {
  const { directory: bell } = await ran({
    type: 'gaussian',
    mean: -2,
    std: 0.5,
    seed: 0,
    splits: { test: 200 },
  });
  const model = await modelOf({ type: 'gaussian_generator', mean: 2, std: 0.5 }, [1], {
    0: { mean: 2, std: -0.5 },
  });
  const { events, identities } = await evaluated(model, bell, { metrics });
  const values = events.flatMap((event) => (event.type === 'metrics' ? [event.values] : []));
  expect(values[0]).toMatchObject({ 'exactly.w1': 4, 'exactly.w2': 4, 'exactly.kl': 32 });
  expect(identities['exactly']).toEqual({
    metric: 'analytic_distances',
    version: 1,
    options: {},
    reference: digestJson({ type: 'gaussian', mean: -2, std: 0.5 }),
    seed: 0,
  });
});

test('formulas alone need no samples, and none are drawn', async () => {
  // So many that they could not be held.
  const samples = 2 ** 31 - 1;
  const { directory: lines } = await ran({ type: 'parallel_lines', seed: 0, splits: { test: 200 } });
  const model = await modelOf({ type: 'parallel_line_generator', theta: 1 }, [2], { 0: { theta: 3 } });
  const { events, identities } = await evaluated(model, lines, { metrics, samples });
  expect(events.filter(({ type }) => type === 'note')).toEqual([]);
  expect(events).toContainEqual(
    expect.objectContaining({ values: expect.objectContaining({ 'exactly.w1': 3 }) as unknown }),
  );
  // What the value is of does not depend on how many others would have been measured with.
  const { identities: fewer } = await evaluated(model, lines, { metrics, samples: 10 });
  expect(identities).toEqual(fewer);
});

test('there is no number of what is no formula, or diverged', async () => {
  const { directory: roll } = await ran({ type: 'swiss_roll', std: 0.25, seed: 0, splits: { test: 200 } });
  const { directory: lines } = await ran({ type: 'parallel_lines', seed: 0, splits: { test: 200 } });
  const line: GeneratorSpec = { type: 'parallel_line_generator', theta: 1 };
  const model = await modelOf(line, [2], { 0: { theta: NaN } });
  await expect(evaluated(model, roll, { metrics })).rejects.toMatchObject({
    message: 'at generator step 0, analytic_distances needs formulas, and there is none of the reference',
    field: ['metrics', 'exactly'],
  });
  await expect(evaluated(model, lines, { metrics })).rejects.toMatchObject({
    message: 'at generator step 0, the generator’s theta is NaN',
    field: ['metrics', 'exactly'],
  });
});

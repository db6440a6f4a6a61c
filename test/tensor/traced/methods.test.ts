import { expect, test } from 'vitest';

import type { CriticIterations } from '../../../src/base/critic-iterations.js';
import { RandomStream } from '../../../src/base/streams.js';
import { sizeOf } from '../../../src/base/shape.js';
import type { Constraint } from '../../../src/tensor/constraint.js';
import { eagerTraining } from '../../../src/tensor/eager-training.js';
import { optimizer } from '../../../src/tensor/optimizers.js';
import { Trainer } from '../../../src/tensor/trainer.js';
import { tracedTraining } from '../../../src/tensor/traced/traced-training.js';
import type { StartTraining } from '../../../src/tensor/training.js';
import { pairwise } from '../../pairwise.js';
import { everyObjective, modelOf, recordedSamples, useNativeBackend } from '../support.js';
import { difference, everyOptimizer, listedCritic, listedGenerator } from './support.js';

useNativeBackend();

const constraints: readonly Constraint[] = [
  { type: 'none' },
  { type: 'spectral_norm' },
  { type: 'clip', range: [-0.05, 0.04], layers: {}, when: 'after_step' },
  {
    type: 'clip',
    range: [-0.2, 0.2],
    layers: { dense1: [-0.01, 0.03], conv1: [-0.01, 0.03], output: [-1, 1] },
    when: 'before_step',
  },
  { type: 'gradient_penalty', lambda: 1, form: 'two_sided' },
  { type: 'gradient_penalty', lambda: 1, form: 'one_sided' },
  { type: 'dragan', lambda: 1, spread: 0.5 },
  { type: 'r1', gamma: 0.5 },
];

const criticIterations: readonly CriticIterations[] = [
  { type: 'constant', count: 2 },
  {
    type: 'schedule',
    count: 2,
    boost: 5,
    first: { generator_steps: 1 },
    every: { generator_steps: 2 },
  },
  { type: 'adaptive', min: 1, max: 4, threshold: 0.05 },
];

const networks = [
  {
    shape: [3],
    generator: { type: 'mlp_generator', z_dim: 2, hidden: [32], activation: 'relu', norm: 'group' },
  },
  {
    shape: [3],
    generator: { type: 'mlp_generator', z_dim: 2, hidden: [32], activation: 'tanh', norm: 'layer' },
    critic: { type: 'mlp_critic', hidden: [32, 9], activation: 'leaky_relu', norm: 'layer' },
  },
  {
    shape: [16, 8, 3],
    generator: { type: 'dcgan_generator', z_dim: 6, ngf: 5, norm: 'batch' },
    critic: { type: 'dcgan_critic', ndf: 5, norm: 'none' },
  },
  { shape: [4, 4, 1], generator: listedGenerator, critic: listedCritic },
] as const;

/** Networks that are told classes, and in which way the generator is. */
const conditions = [undefined, { type: 'embedding', dimensions: 3 }, { type: 'norm' }] as const;

/** Of the data's 24 samples. */
const [classes, labels] = [
  [8, 12, 4],
  Int32Array.from({ length: 24 }, (_, index) => [0, 1, 1, 2, 0, 1][index % 6] ?? 0),
] as const;

const averages = [undefined, { decay: 0.5, start: 1 }] as const;

const rows = pairwise({
  objective: everyObjective,
  constraint: constraints,
  options: everyOptimizer,
  networks,
  criticIterations,
  average: averages,
  told: conditions,
}).map((row) => ({ name: JSON.stringify(row), row }));

/** Rounding after three iterations in float32; an f-GAN's exponentials make more of it. */
const tolerance = 2e-3;

test.each(rows)('three iterations are the same recorded and kernel by kernel: $name', ({ row }) => {
  const model = modelOf({
    ...row.networks,
    objective: row.objective,
    constraint: row.constraint,
    optimizer: optimizer(row.options),
    ...(row.average && { average: row.average }),
    ...(row.told && { classes, told: row.told }),
    ...(row.constraint.type === 'spectral_norm' && { spectralNorm: { bound: 0.8, powerIterations: 2 } }),
  });
  const { shape } = row.networks;
  const data = new RandomStream({ seed: 5, purpose: 'data' }).normal(24 * sizeOf(shape));
  const run = (start: StartTraining) => {
    const options = {
      criticIterations: row.criticIterations,
      batchSize: 6,
      seed: 3,
      rateFactor: (_: string, step: number) => 1 / (1 + step),
    };
    const trainer = new Trainer(model, recordedSamples(shape, data, labels), options, start);
    const results = [0, 1, 2].map(() => trainer.iterate());
    const { tensors } = trainer.save();
    trainer.dispose();
    return { results, tensors };
  };
  const [eager, traced] = [run(eagerTraining), run(tracedTraining)];
  expect([...traced.tensors.keys()]).toEqual([...eager.tensors.keys()]);
  expect(traced.results.map((result) => result.criticIterations)).toEqual(
    eager.results.map((result) => result.criticIterations),
  );
  const { worst, at } = difference(eager.tensors, traced.tensors);
  expect(worst, at).toBeLessThan(tolerance);
});

test('every two methods meet', () => {
  for (const objective of everyObjective) {
    for (const constraint of constraints) {
      expect(rows.some(({ row }) => row.objective === objective && row.constraint === constraint)).toBe(true);
    }
  }
});

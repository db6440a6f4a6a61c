import { describe, expect, test } from 'vitest';

import type { CriticIterations } from '../../../src/base/critic-iterations.js';
import { RandomStream } from '../../../src/base/streams.js';
import { sizeOf } from '../../../src/base/shape.js';
import type { Constraint } from '../../../src/tensor/constraint.js';
import { diffAugment, type Transformation } from '../../../src/tensor/diff-augment.js';
import { eagerTraining } from '../../../src/tensor/eager-training.js';
import type { FlipAndCrop } from '../../../src/tensor/flip-and-crop.js';
import { optimizer } from '../../../src/tensor/optimizers.js';
import { Trainer } from '../../../src/tensor/trainer.js';
import { tracedTraining } from '../../../src/tensor/traced/traced-training.js';
import type { StartTraining } from '../../../src/tensor/training.js';
import { pairwise } from '../../pairwise.js';
import { digestOf, modelOf, recordedSamples, useNativeBackend } from '../support.js';
import { difference } from './support.js';

useNativeBackend();

const shape = [16, 8, 3];
const everything: readonly Transformation[] = ['color', 'translation', 'cutout'];
const constraints: readonly Constraint[] = [
  { type: 'none' },
  { type: 'spectral_norm' },
  { type: 'clip', range: [-0.05, 0.05], layers: {}, when: 'after_step' },
  { type: 'gradient_penalty', lambda: 1, form: 'two_sided' },
  { type: 'dragan', lambda: 1, spread: 0.5 },
];
const criticIterations: readonly CriticIterations[] = [
  { type: 'constant', count: 2 },
  { type: 'schedule', count: 1, boost: 3, first: { generator_steps: 1 }, every: { generator_steps: 2 } },
  { type: 'adaptive', min: 1, max: 3, threshold: 0.05 },
];

interface Row {
  readonly constraint: Constraint;
  readonly criticIterations: CriticIterations;
  readonly policy: readonly Transformation[] | undefined;
  readonly flipAndCrop: FlipAndCrop | undefined;
}

function trainerOf({ constraint, policy, ...options }: Row, start?: StartTraining) {
  const model = modelOf({
    shape,
    generator: { type: 'dcgan_generator', z_dim: 6, ngf: 5, norm: 'batch' },
    critic: { type: 'dcgan_critic', ndf: 5, norm: 'none' },
    optimizer: optimizer({ type: 'adam', lr: 0.01, beta1: 0.5, beta2: 0.99, epsilon: 0.01 }),
    constraint,
    ...(constraint.type === 'spectral_norm' && { spectralNorm: { bound: 0.8, powerIterations: 2 } }),
    ...(policy && { augment: diffAugment(policy, shape) }),
  });
  const samples = recordedSamples(
    shape,
    new RandomStream({ seed: 5, purpose: 'data' }).normal(24 * sizeOf(shape)),
  );
  const { flipAndCrop, ...more } = options;
  const trainer = new Trainer(
    model,
    samples,
    { ...more, batchSize: 6, seed: 3, ...(flipAndCrop && { flipAndCrop }) },
    start,
  );
  return { trainer, samples };
}

const rows = pairwise({
  constraint: constraints,
  criticIterations,
  policy: [everything, ['cutout', 'color'], undefined] as const,
  flipAndCrop: [{ flip: true, crop: 3 }, { flip: false, crop: 1 }, undefined] as const,
}).map((row) => ({ name: JSON.stringify(row), row }));

test.each(rows)(
  'augmented, three iterations are the same recorded and kernel by kernel: $name',
  ({ row }) => {
    const run = (start: StartTraining) => {
      const { trainer } = trainerOf(row, start);
      const results = [0, 1, 2].map(() => trainer.iterate());
      const { tensors } = trainer.save();
      trainer.dispose();
      return { results, tensors };
    };
    const [eager, traced] = [run(eagerTraining), run(tracedTraining)];
    expect(traced.results.map((result) => result.criticIterations)).toEqual(
      eager.results.map((result) => result.criticIterations),
    );
    const { worst, at } = difference(eager.tensors, traced.tensors);
    expect(worst, at).toBeLessThan(2e-3);
  },
);

const adaptive: Row = {
  constraint: { type: 'gradient_penalty', lambda: 1, form: 'two_sided' },
  criticIterations: { type: 'adaptive', min: 1, max: 3, threshold: 0.05 },
  policy: everything,
  flipAndCrop: { flip: true, crop: 3 },
};

test('a training that is put away after any step goes on to the same bits', () => {
  const { trainer, samples } = trainerOf(adaptive);
  const batch = {
    real: samples.gather(Int32Array.of(0, 1, 2, 3, 4, 5)),
    latent: new RandomStream({ seed: 5, purpose: 'latent' }).normal(6 * 6),
  };
  const saved = [0, 1, 2, 3, 4].map(() => {
    const state = trainer.save();
    trainer.iterate();
    // Steps that are undone, augmented like all others: the trainings below go on without.
    const improvement = trainer.improvementLeft(batch, 2);
    expect(trainer.improvementLeft(batch, 2)).toBe(improvement);
    expect(improvement).not.toBe(0);
    return state;
  });
  const end = digestOf(trainer.save().tensors);
  trainer.dispose();
  for (const [made, state] of saved.entries()) {
    const resumed = trainerOf(adaptive).trainer;
    resumed.restore(state);
    for (let step = made; step < saved.length; step += 1) resumed.iterate();
    expect(digestOf(resumed.save().tensors)).toBe(end);
    resumed.dispose();
  }
});

describe('trainings that differ in augmentation alone', () => {
  /** What the steps are given, and the weights that they begin with. */
  function given(row: Row) {
    const feeds: { readonly real: Float32Array; readonly latent: Float32Array; readonly mix: unknown }[] = [];
    const latents: Float32Array[] = [];
    const start: StartTraining = (setup) => {
      const training = eagerTraining(setup);
      return {
        ...training,
        iterate: (inputs) => {
          for (const { real, latent, draws } of inputs.critic) feeds.push({ real, latent, mix: draws.mix });
          latents.push(inputs.generator.latent);
          return training.iterate(inputs);
        },
      };
    };
    const { trainer, samples } = trainerOf(row, start);
    const first = digestOf(trainer.save().tensors);
    for (let step = 0; step < 3; step += 1) trainer.iterate();
    const last = digestOf(trainer.save().tensors);
    trainer.dispose();
    return { feeds, latents, first, last, asked: samples.asked };
  }
  const plain: Row = {
    ...adaptive,
    criticIterations: { type: 'constant', count: 2 },
    policy: undefined,
    flipAndCrop: undefined,
  };
  const base = given(plain);

  test('share weights, batches, noise and what a penalty draws', () => {
    const diff = given({ ...plain, policy: everything });
    expect({ ...diff, last: '' }).toEqual({ ...base, last: '' });
    expect(diff.last).not.toBe(base.last);
    const flipped = given({ ...plain, flipAndCrop: { flip: true, crop: 2 } });
    const withoutReal = ({ feeds, latents, first, asked }: typeof base) => ({
      ...{ latents, first, asked },
      feeds: feeds.map(({ latent, mix }) => ({ latent, mix })),
    });
    expect(withoutReal(flipped)).toEqual(withoutReal(base));
    expect(flipped.feeds.map(({ real }) => real)).not.toEqual(base.feeds.map(({ real }) => real));
    expect(flipped.last).not.toBe(base.last);
  });
});

import { describe, expect, test } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import { eagerTraining } from '../../src/tensor/eager-training.js';
import { optimizer } from '../../src/tensor/optimizers.js';
import { Trainer, type TrainerOptions } from '../../src/tensor/trainer.js';
import { tracedTraining } from '../../src/tensor/traced/traced-training.js';
import { digestOf, linearNetwork, modelOf, recordedSamples, useNativeBackend } from './support.js';

useNativeBackend();

const options: TrainerOptions = {
  criticIterations: { type: 'constant', count: 2 },
  batchSize: 16,
  seed: 11,
  looksAhead: true,
};
const samples = recordedSamples([2], new RandomStream({ seed: 2, purpose: 'points' }).normal(2 * 64));
const batch = {
  real: samples.gather(Int32Array.from({ length: 16 }, (_, index) => index)),
  latent: new RandomStream({ seed: 2, purpose: 'probe' }).normal(2 * 16),
};
const adam = optimizer({ type: 'adam', lr: 1e-3, beta1: 0.5, beta2: 0.9, epsilon: 1e-8 });
const ways = { traced: tracedTraining, eager: eagerTraining };

describe.each(Object.entries(ways))('%s', (_, start) => {
  test.each([
    ['clip', modelOf({ clip: [-0.05, 0.05] }), options.criticIterations],
    ['a penalty and Adam', modelOf({ penalty: 10, optimizer: adam }), options.criticIterations],
    [
      'spectral norm and the adaptive rule',
      modelOf({ constraint: { type: 'spectral_norm' }, spectralNorm: { bound: 1, powerIterations: 1 } }),
      { type: 'adaptive', min: 1, max: 3, threshold: 0.01 } as const,
    ],
  ])('with %s, looking ahead changes no bit of the training', (_name, model, criticIterations) => {
    const trained = (looks: boolean) => {
      const trainer = new Trainer(model, samples, { ...options, criticIterations }, start);
      const seen = Array.from({ length: 3 }, () => {
        trainer.iterate();
        return looks ? trainer.improvementLeft(batch, 4) : 0;
      });
      const { tensors, ...steps } = trainer.save();
      trainer.dispose();
      return { seen, steps, digest: digestOf(tensors) };
    };
    const [with_, without] = [trained(true), trained(false)];
    expect(with_.digest).toBe(without.digest);
    expect(with_.steps).toEqual(without.steps);
    expect(with_.seen.every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
    expect(trained(true).seen).toEqual(with_.seen);
  });
});

/** Weights of 0 at first, so that the generator makes the origin of any noise until its first step. */
const linear = (units: number) => linearNetwork('linear', 2, units);
const flat = (lr: number, clip?: readonly [number, number]) => ({
  ...modelOf({
    optimizer: optimizer({ type: 'sgd', lr, momentum: 0, nesterov: false }),
    ...(clip && { clip }),
  }),
  critic: linear(1),
  generator: linear(2),
});
/** All samples in each batch: their mean is (3, -4). */
const four = Float32Array.of(2, -4, 4, -4, 3, -3, 3, -5);
const whole = { ...options, batchSize: 4 };

test('a linear critic that climbs by gradient steps gains lr |mean|^2 with each', () => {
  const trainer = new Trainer(flat(0.01), recordedSamples([2], four), whole);
  // The loss is -w . mean as long as all fakes are 0; each step adds lr * mean to w.
  expect(trainer.improvementLeft({ real: four, latent: new Float32Array(8) }, 7)).toBeCloseTo(
    7 * 0.01 * 25,
    5,
  );
  trainer.dispose();
});

test('a critic whose weights are all at the bounds has nothing left', () => {
  const trainer = new Trainer(flat(1, [-0.01, 0.01]), recordedSamples([2], four), whole);
  const probe = { real: four, latent: new Float32Array(8) };
  // 0.01 * (3 + 4), in one step.
  expect(trainer.improvementLeft(probe, 1)).toBeCloseTo(0.07, 6);
  expect(trainer.improvementLeft(probe, 5)).toBeCloseTo(0.07, 6);
  trainer.iterate();
  expect(trainer.improvementLeft({ real: four, latent: new Float32Array(8) }, 5)).toBe(0);
  trainer.dispose();
});

import { expect, test } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import { diffAugment } from '../../src/tensor/diff-augment.js';
import { drawsOf } from '../../src/tensor/draws.js';
import { criticGradients, criticLoss, generatorGradients } from '../../src/tensor/steps.js';
import * as tf from '../../src/tensor/tf.js';
import { initialWeights, mlpCritic, mlpGenerator, modelOf, useNativeBackend, valuesOf } from './support.js';

useNativeBackend();

const shape = [8, 8, 1];
const batch = 4;

function setUp() {
  const networks = { shape, generator: mlpGenerator, critic: mlpCritic, penalty: 10 };
  const augment = diffAugment(['color', 'translation', 'cutout'], shape);
  const [plain, augmented] = [modelOf(networks), modelOf({ ...networks, augment })];
  const weights = {
    generator: initialWeights(plain.generator, 'generator'),
    critic: initialWeights(plain.critic, 'critic'),
  };
  const normal = (purpose: string, size: readonly number[]) =>
    tf.tensor(new RandomStream({ seed: 4, purpose }).normal(size.reduce((a, b) => a * b)), [...size]);
  const drawn = drawsOf(augmented, 'critic', batch, { seed: 6, purpose: 'critic' });
  const draws = {
    mix: tf.tensor1d(drawn.mix ?? []),
    augment_real: tf.tensor2d(drawn.augment_real ?? [], [batch, augment.numbers]),
    augment_fake: tf.tensor2d(drawn.augment_fake ?? [], [batch, augment.numbers]),
  };
  const [real, latent] = [normal('real', [batch, ...shape]), normal('latent', [batch, 2])];
  return { augment, plain, augmented, weights, draws, real, latent };
}

test('the critic learns from what becomes of real and fake, and a penalty looks there', () => {
  const { augment, plain, augmented, weights, draws, real, latent } = setUp();
  const critic = { weights: weights.critic, buffers: {} };
  const fake = plain.generator.forward(weights.generator, latent);
  const found = criticGradients(augmented, critic, { real, fake, draws });
  const expected = criticGradients(plain, critic, {
    real: augment.apply(real, draws.augment_real),
    fake: augment.apply(fake, draws.augment_fake),
    draws,
  });
  expect(valuesOf(found.loss)).toEqual(valuesOf(expected.loss));
  expect(valuesOf(found.penalty ?? found.loss)).toEqual(valuesOf(expected.penalty ?? expected.loss));
  for (const [name, gradient] of Object.entries(found.gradients)) {
    expect(valuesOf(gradient)).toEqual(valuesOf(expected.gradients[name] ?? gradient.neg()));
  }
  const without = criticGradients(plain, critic, { real, fake, draws });
  expect(valuesOf(found.loss)).not.toEqual(valuesOf(without.loss));
  expect(valuesOf(criticLoss(augmented, weights, { real, latent, draws }))).toEqual(valuesOf(expected.loss));
});

test('the generator’s gradient passes through what becomes of its samples', () => {
  const { augment, augmented, weights, draws, latent } = setUp();
  const { loss, gradients } = generatorGradients(augmented, weights, { latent, draws });
  const fake = augmented.generator.forward(weights.generator, latent);
  const seen = augment.apply(fake, draws.augment_fake);
  const score = augmented.critic.forward(weights.critic, seen);
  expect(valuesOf(loss)).toEqual(valuesOf(augmented.objective.generatorLoss(score)));

  // Along the gradient of the last layer, in which samples are smooth.
  const name = 'output/weights';
  const gradient = gradients[name];
  const weight = weights.generator[name];
  if (gradient === undefined || weight === undefined) throw new Error(`there is no ${name}`);
  const first = weight.clone();
  const slope = valuesOf(gradient.norm())[0] ?? NaN;
  const step = 1e-2;
  const at = (by: number) => {
    weight.assign(first.add(gradient.div(gradient.norm()).mul(by)));
    return valuesOf(generatorGradients(augmented, weights, { latent, draws }).loss)[0] ?? NaN;
  };
  expect(slope).toBeGreaterThan(1e-3);
  expect(Math.abs((at(step) - at(-step)) / (2 * step) / slope - 1)).toBeLessThan(0.02);
});

test('numbers that are not fed are an error, and not no augmentation', () => {
  const { augmented, weights, latent } = setUp();
  expect(() => generatorGradients(augmented, weights, { latent })).toThrow(
    'numbers of augmentation is missing',
  );
});

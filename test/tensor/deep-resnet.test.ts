import { describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { sizeOf } from '../../src/base/shape.js';
import { RandomStream } from '../../src/base/streams.js';
import type { ResnetDepth } from '../../src/networks/deep-resnet.js';
import { criticNetwork } from '../../src/tensor/architectures.js';
import { optimizer } from '../../src/tensor/optimizers.js';
import { type AdversarialModel, criticGradients } from '../../src/tensor/steps.js';
import * as tf from '../../src/tensor/tf.js';
import { Trainer } from '../../src/tensor/trainer.js';
import { modelOf, recordedSamples, useNativeBackend, valuesOf } from './support.js';

useNativeBackend();

/** In millions, as He et al. 2015 have them (table 6): of 3x32x32 pixels, with batch norm, and ten classes. */
const published: readonly (readonly [ResnetDepth, string])[] = [
  [20, '0.27'],
  [32, '0.46'],
  [44, '0.66'],
  [56, '0.85'],
  [110, '1.7'],
];

test.each(published)(
  '%i layers have %s million parameters, with the classifier in place of one unit',
  (depth, millions) => {
    const options = {
      type: 'deep_resnet_critic',
      depth,
      width: 16,
      norm: 'batch',
      residual_scale: 1,
    } as const;
    const critic = criticNetwork(options, [32, 32, 3]);
    if (!critic.ok) throw new Error(critic.error);
    const own = critic.value.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const nineMoreClasses = 9 * (64 + 1);
    const digits = millions.length - 2;
    expect(((own + nineMoreClasses) / 1e6).toFixed(digits)).toBe(millions);
    const layers = critic.value.parameters.filter(({ name }) => /filters|weights/.test(name));
    expect(layers).toHaveLength(depth);
  },
);

describe('152 layers, with a gradient penalty', () => {
  const [side, batchSize] = [16, 4];
  const shape = [side, side, 1];
  const model = modelOf({
    shape,
    generator: { type: 'dcgan_generator', z_dim: 4, ngf: 4, norm: 'none' },
    critic: { type: 'deep_resnet_critic', depth: 152, width: 4, norm: 'none', residual_scale: 0.2 },
    optimizer: optimizer({ type: 'adam', lr: 1e-3, beta1: 0.5, beta2: 0.9, epsilon: 1e-8 }),
    penalty: 10,
  });
  const noise = (purpose: string, rows: readonly number[]) =>
    new RandomStream({ seed: 1, purpose }).normal(sizeOf(rows)).map(Math.tanh);

  test('take 20 steps, with a finite gradient in every layer, and none of 0', { timeout: 240_000 }, () => {
    const samples = recordedSamples(shape, noise('real', [8, ...shape]));
    const trainer = new Trainer(model, samples, {
      criticIterations: { type: 'constant', count: 1 },
      batchSize,
      seed: 5,
    });
    expect(vanished(model, trainer)).toEqual([]);
    for (let step = 0; step < 20; step += 1) {
      const { critic, generator, penalty } = trainer.iterate();
      expect([critic, generator, penalty].every(Number.isFinite)).toBe(true);
    }
    expect(vanished(model, trainer)).toEqual([]);
    trainer.dispose();
  });

  /** Weights whose gradient is 0 everywhere, or is somewhere no number. */
  function vanished({ critic: { parameters } }: AdversarialModel, trainer: Trainer): readonly string[] {
    return tf.tidy(() => {
      const batch = (purpose: string) =>
        tf.tensor(noise(purpose, [batchSize, ...shape]), [batchSize, ...shape]);
      const given = { real: batch('a'), fake: batch('b'), draws: { mix: tf.tensor1d([0.1, 0.4, 0.6, 0.9]) } };
      const { gradients } = criticGradients(
        model,
        { weights: trainer.weights('critic'), buffers: {} },
        given,
      );
      return parameters.flatMap(({ name }) => {
        const values = valuesOf(required(gradients[name], name));
        const isSound = values.every(Number.isFinite) && values.some((value) => value !== 0);
        // The score's offset moves real and fake alike, and no slope.
        return isSound || name === 'output/bias' ? [] : [name];
      });
    });
  }
});

import { describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { sizeOf } from '../../src/base/shape.js';
import { RandomStream } from '../../src/base/streams.js';
import type { CriticOptions, GeneratorOptions } from '../../src/networks/architectures.js';
import { dcganCritic, dcganGenerator, pyramidOf } from '../../src/networks/dcgan.js';
import { deepResnetCritic } from '../../src/networks/deep-resnet.js';
import type { Layer } from '../../src/networks/layers.js';
import { hiddenLayers, linear } from '../../src/networks/mlp.js';
import { resnetCritic, resnetGenerator, resnetImagesOf } from '../../src/networks/resnet.js';
import { resnet1dCritic, resnet1dGenerator } from '../../src/networks/resnet1d.js';
import { resolveText, sourceOf } from '../resolve/support.js';
import { criticNetwork, generatorNetwork } from '../../src/tensor/architectures.js';
import { gradientPenalty, penaltyOf } from '../../src/tensor/gradient-penalty.js';
import { lossAndGradients } from '../../src/tensor/loss-and-gradients.js';
import type { Network } from '../../src/tensor/network.js';
import { Trainer } from '../../src/tensor/trainer.js';
import * as tf from '../../src/tensor/tf.js';
import { digestOf, initialWeights, modelOf, recordedSamples, useNativeBackend, valuesOf } from './support.js';
import { listedCritic, listedGenerator } from './traced/support.js';

useNativeBackend();

const value = <T>(result: { ok: true; value: T } | { ok: false }): T => {
  if (!result.ok) throw new Error('these samples suit the preset');
  return result.value;
};

interface Preset {
  readonly shape: readonly number[];
  readonly generator: GeneratorOptions;
  readonly critic: CriticOptions;
  readonly layers: { readonly generator: readonly Layer[]; readonly critic: readonly Layer[] };
}

const tanh: Layer = { type: 'activation', activation: 'tanh' };
const image = [8, 8, 3];
const images = value(resnetImagesOf(image));
const hidden = { hidden: [9, 16], activation: 'relu', norm: 'batch' } as const;
const dcgan = { norm: 'batch', extra_layers: 1 } as const;
const resnet = (layout: 'cifar' | 'imagenet') => ({ layout, norm: 'layer' }) as const;
const resnetOf = (layout: 'cifar' | 'imagenet'): Preset => ({
  shape: image,
  generator: { type: 'resnet_generator', z_dim: 5, ngf: 4, ...resnet(layout) },
  critic: { type: 'resnet_critic', ndf: 4, ...resnet(layout) },
  layers: {
    generator: [...resnetGenerator({ ngf: 4, ...resnet(layout) }, images), tanh],
    critic: resnetCritic({ ndf: 4, ...resnet(layout) }, images),
  },
});

const presets: Readonly<Record<string, Preset>> = {
  mlp: {
    shape: [2],
    generator: { type: 'mlp_generator', z_dim: 5, ...hidden },
    critic: { type: 'mlp_critic', ...hidden },
    layers: {
      generator: [...hiddenLayers(hidden.hidden, hidden), linear('output', 2)],
      critic: [...hiddenLayers(hidden.hidden, hidden), linear('output', 1)],
    },
  },
  dcgan: {
    shape: [16, 16, 3],
    generator: { type: 'dcgan_generator', z_dim: 5, ngf: 4, ...dcgan },
    critic: { type: 'dcgan_critic', ndf: 4, ...dcgan },
    layers: {
      generator: [...dcganGenerator({ ngf: 4, ...dcgan }, value(pyramidOf([16, 16, 3]))), tanh],
      critic: dcganCritic({ ndf: 4, ...dcgan }, value(pyramidOf([16, 16, 3]))),
    },
  },
  'resnet, cifar': resnetOf('cifar'),
  'resnet, imagenet': resnetOf('imagenet'),
  'deep resnet': {
    ...resnetOf('cifar'),
    critic: { type: 'deep_resnet_critic', depth: 20, width: 4, norm: 'group', residual_scale: 0.5 },
    layers: {
      ...resnetOf('cifar').layers,
      critic: deepResnetCritic({ depth: 20, width: 4, norm: 'group', residual_scale: 0.5 }),
    },
  },
  resnet1d: {
    shape: [6, 5],
    generator: { type: 'resnet1d_generator', z_dim: 5, width: 4, blocks: 1 },
    critic: { type: 'resnet1d_critic', width: 4, blocks: 1, norm: 'instance' },
    layers: {
      generator: resnet1dGenerator({ width: 4, blocks: 1 }, { length: 6, tokens: 5 }),
      critic: resnet1dCritic({ width: 4, blocks: 1, norm: 'instance' }, { length: 6, tokens: 5 }),
    },
  },
};

describe('a preset that is written out as a list of layers', () => {
  test.each(Object.entries(presets))(
    '%s trains to the same bits',
    (_, { shape, generator, critic, layers }) => {
      const listed = written(layers.generator, layers.critic);
      const data = recordedSamples(
        shape,
        new RandomStream({ seed: 2, purpose: 'data' }).normal(16 * sizeOf(shape)),
      );
      const [preset, own] = [{ generator, critic }, listed].map((networks) => {
        const options = { criticIterations: { type: 'constant', count: 2 }, batchSize: 4, seed: 7 } as const;
        const trainer = new Trainer(modelOf({ shape, clip: [-0.1, 0.1], ...networks }), data, options);
        const first = digestOf(trainer.save().tensors);
        const losses = trainer.iterate();
        const last = digestOf(trainer.save().tensors);
        trainer.dispose();
        return { first, losses, last };
      });
      expect(own?.first).not.toBe(own?.last);
      expect(own).toEqual(preset);
    },
  );
});

/** As the file says it, and the language completes it. */
function written(
  generator: readonly Layer[],
  critic: readonly Layer[],
): { readonly generator: GeneratorOptions; readonly critic: CriticOptions } {
  const file = {
    version: 1,
    name: 'listed',
    architectures: {
      generator: { type: 'layers_generator', z_dim: 5, layers: generator },
      critic: { type: 'layers_critic', layers: critic },
    },
    stages: { plot: { type: 'command', run: ['true'] } },
  };
  const resolved = resolveText(sourceOf(JSON.stringify(file)));
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.error.map(({ message }) => message)));
  const { architectures } = required(resolved.value.experiments[0], 'an experiment').spec;
  return architectures as unknown as ReturnType<typeof written>;
}

describe('gradients of layers that are listed, against central differences', () => {
  const shape = [4, 4, 1];
  const normal = (purpose: string, of: readonly number[]) =>
    tf.tensor(new RandomStream({ seed: 4, purpose }).normal(sizeOf(of)), [...of]);

  test('of a generator', () => {
    const network = value(generatorNetwork(listedGenerator, shape));
    const input = normal('latent', [6, 5]);
    const coefficients = normal('coefficients', [6, ...shape]);
    compare(network, (weights) => network.forward(weights, input).mul(coefficients).sum());
  });

  test('of a critic', () => {
    const network = value(criticNetwork(listedCritic, shape));
    const input = normal('real', [6, ...shape]);
    compare(network, (weights) =>
      network
        .forward(weights, input)
        .mul(normal('coefficients', [6, 1]))
        .sum(),
    );
  });

  test('of its gradient penalty, which differentiates it twice', () => {
    const network = value(criticNetwork(listedCritic, shape));
    const penalty = required(
      penaltyOf({ type: 'gradient_penalty', lambda: 10, form: 'two_sided' }),
      'a penalty',
    );
    const batch = {
      real: normal('real', [6, ...shape]),
      fake: normal('fake', [6, ...shape]),
      draws: { mix: tf.tensor1d([0, 0.2, 0.4, 0.5, 0.7, 0.9]) },
    };
    compare(network, (weights) => gradientPenalty(network, weights, penalty, batch));
  });

  /** Along the gradient of each weight, where its length shows, and along a random direction, where a wrong turn would. */
  function compare(network: Network, loss: (weights: Record<string, tf.Tensor>) => tf.Tensor): void {
    const weights: Record<string, tf.Tensor> = { ...initialWeights(network, 'critic') };
    const { gradients } = lossAndGradients(weights, (values) => loss({ ...values }) as tf.Scalar);
    for (const [name, weight] of Object.entries(weights)) {
      const gradient = gradients[name] ?? tf.zerosLike(weight);
      const random = normal(name, weight.shape);
      for (const direction of [gradient, random]) {
        const length = Math.max(Math.hypot(...valuesOf(direction)), 1e-12);
        const unit = direction.div(length);
        const at = (step: number) =>
          valuesOf(loss({ ...weights, [name]: weight.add(unit.mul(step)) }))[0] ?? NaN;
        const expected = valuesOf(unit.mul(gradient).sum())[0] ?? NaN;
        const norm = Math.hypot(...valuesOf(gradient));
        // A step across a kink of some unit tells nothing of either side.
        const errors = [1e-3, 3e-4, 1e-4].map((h) => Math.abs((at(h) - at(-h)) / (2 * h) - expected));
        expect(Math.min(...errors), name).toBeLessThan(0.02 * norm + 1e-3);
      }
    }
  }
});

import { describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { sizeOf } from '../../src/base/shape.js';
import {
  type CriticOptions,
  type LatentGenerator,
  placedCritic,
  placedGenerator,
} from '../../src/networks/architectures.js';
import type { Norm } from '../../src/networks/layers.js';
import type { SampleShape } from '../../src/networks/shape.js';
import { sizeOfNetwork } from '../../src/networks/size.js';
import { networksOfPlan } from '../../src/plan/network-sizes.js';
import type { PlannedStage, StageId } from '../../src/plan/types.js';
import { networkOf } from '../../src/tensor/layers.js';
import { optimizer, type OptimizerOptions } from '../../src/tensor/optimizers.js';
import { spectrallyNormalised } from '../../src/tensor/spectral-norm.js';
import { initialNetwork } from '../../src/tensor/state.js';
import * as tf from '../../src/tensor/tf.js';
import { useNativeBackend } from './support.js';
import { everyOptimizer } from './traced/support.js';

useNativeBackend();

const norms = ['none', 'batch', 'layer', 'instance', 'group'] as const satisfies readonly Norm[];

/** The presets with a norm. */
function presets(norm: Norm): readonly {
  readonly shapes: readonly SampleShape[];
  readonly options: LatentGenerator | CriticOptions;
}[] {
  const mlp = norm === 'instance' ? 'layer' : norm;
  const hidden = { hidden: [9, 16], activation: 'relu', norm: mlp } as const;
  const points: readonly SampleShape[] = [[2], [4, 4, 1]];
  const sequences: readonly SampleShape[] = [[6, 5]];
  const images: readonly SampleShape[] = [8, 16, 28, 32, 64].map((side) => [side, side, 3]);
  const powers = images.filter(([side]) => side !== 28);
  return [
    { shapes: points, options: { type: 'mlp_generator', z_dim: 3, ...hidden } },
    { shapes: points, options: { type: 'mlp_critic', ...hidden } },
    { shapes: images, options: { type: 'dcgan_generator', z_dim: 3, ngf: 4, norm, extra_layers: 1 } },
    { shapes: images, options: { type: 'dcgan_critic', ndf: 4, norm, extra_layers: 2 } },
    ...(['cifar', 'imagenet'] as const).flatMap((layout) => [
      { shapes: powers, options: { type: 'resnet_generator', z_dim: 3, ngf: 4, layout, norm } as const },
      { shapes: powers, options: { type: 'resnet_critic', ndf: 4, layout, norm } as const },
    ]),
    {
      shapes: images,
      options: { type: 'deep_resnet_critic', depth: 20, width: 4, norm, residual_scale: 0.5 },
    },
    { shapes: sequences, options: { type: 'resnet1d_generator', z_dim: 3, width: 8, blocks: 1 } },
    { shapes: sequences, options: { type: 'resnet1d_critic', width: 8, blocks: 2, norm } },
  ];
}

const cases = norms.flatMap((norm) =>
  presets(norm).flatMap(({ shapes, options }) =>
    shapes.map((shape) => ({ name: `${options.type} ${norm} ${shape.join('x')}`, norm, shape, options })),
  ),
);

const placedOf = (options: LatentGenerator | CriticOptions, shape: SampleShape) => {
  const placed = 'z_dim' in options ? placedGenerator(options, shape) : placedCritic(options, shape);
  if (!placed.ok) throw new Error(placed.error);
  return placed.value;
};

describe('what arithmetic says of a network is so', () => {
  test.each(cases)('$name', ({ norm, shape, options }) => {
    const placed = placedOf(options, shape);
    const { parameters, multiplyAdds } = sizeOfNetwork(placed);
    tf.tidy(() => {
      const network = networkOf(placed);
      const { weights } = initialNetwork(network, [], { seed: 0, role: 'critic' });
      expect(Object.values(weights).reduce((sum, { size }) => sum + size, 0)).toBe(parameters);
      const input = tf.zeros([1, ...network.inputShape]);
      const { output, products } = productsOf(() => network.forward(weights, input));
      expect(output.shape).toEqual([1, ...placed.outputShape]);
      // Norms make sums by products with ones.
      if (norm === 'none') expect(products).toBe(multiplyAdds);
      else expect(multiplyAdds).toBe(sizeOfNetwork(placedOf(withoutNorm(options), shape)).multiplyAdds);
    });
  });
});

const withoutNorm = (options: LatentGenerator | CriticOptions) =>
  'norm' in options ? ({ ...options, norm: 'none' } as typeof options) : options;

/** The multiply-adds of the kernels that a function calls, by the shapes that they are given. */
function productsOf(of: () => tf.Tensor): { readonly output: tf.Tensor; readonly products: number } {
  const engine = tf.engine();
  const original = engine.runKernel.bind(engine);
  let products = 0;
  engine.runKernel = ((name: string, inputs: tf.NamedTensorMap, attributes?: tf.NamedAttrMap) => {
    const output = original(name, inputs, attributes);
    products += productsOfKernel(name, inputs, output as unknown as tf.Tensor);
    return output;
  }) as typeof engine.runKernel;
  try {
    return { output: of(), products };
  } finally {
    engine.runKernel = original;
  }
}

function productsOfKernel(name: string, inputs: tf.NamedTensorMap, output: tf.Tensor): number {
  const input = (key: string) => required(inputs[key], key);
  switch (name) {
    case 'BatchMatMul':
      return input('a').size * required(input('b').shape.at(-1), 'columns');
    case 'Conv2D': {
      const { shape } = input('filter');
      const isConstant = shape[0] === 1 && shape[1] === 1;
      return isConstant ? 0 : (output.size * sizeOf(shape)) / required(shape[3], 'outputs');
    }
    case 'Conv2DBackpropInput': {
      const { shape } = input('filter');
      return (input('dy').size * sizeOf(shape)) / required(shape[3], 'inputs');
    }
    default:
      return 0;
  }
}

describe('what a plan says of the memory is what a training remembers', () => {
  const shape = [8, 8, 1];
  const generator = { type: 'dcgan_generator', z_dim: 4, ngf: 3, norm: 'batch' } as const;
  const critic = { type: 'dcgan_critic', ndf: 3, norm: 'layer' } as const;

  test.each(everyOptimizer)('under $type', (options) => {
    for (const isNormalised of [false, true]) {
      const planned = networksOfPlan({ stages: stagesOf(options, isNormalised) }).get('train' as StageId);
      if (!planned || 'waitsFor' in planned) throw new Error('the networks are known');
      const { slots } = optimizer(options);
      const memory = tf.tidy(() => {
        const plain = networkOf(placedOf(critic, shape));
        const network = isNormalised ? spectrallyNormalised(plain, { bound: 1, powerIterations: 1 }) : plain;
        return {
          critic: bytesIn(initialNetwork(network, slots, { seed: 0, role: 'critic' })),
          generator:
            bytesIn(
              initialNetwork(networkOf(placedOf(generator, shape)), slots, { seed: 0, role: 'generator' }),
            ) + (isNormalised ? 4 * sizeOfNetwork(placedOf(generator, shape)).parameters : 0),
        };
      });
      expect(planned.critic.memoryBytes).toBe(memory.critic);
      expect(planned.generator.memoryBytes).toBe(memory.generator);
      expect(planned.critic.flops).toBe(2 * planned.critic.multiplyAdds);
    }
  });

  /** With spectral norm, there is a moving average, too. */
  function stagesOf(options: OptimizerOptions, isNormalised: boolean): readonly PlannedStage[] {
    const fields = {
      generator,
      critic,
      optimizer: { generator: options, critic: options },
      lipschitz: { type: isNormalised ? 'spectral_norm' : 'none' },
      ...(isNormalised && { average: { decay: 0.9, start: { generator_steps: 0 } } }),
    };
    return [
      {
        id: 'dataset:shapes',
        kind: 'dataset',
        fields: { type: 'shapes', side: 8, colours: ['white'] },
        inputs: [],
      },
      { id: 'train', kind: 'train', fields, inputs: [{ role: 'dataset', stage: 'dataset:shapes' }] },
    ] as unknown as readonly PlannedStage[];
  }

  function bytesIn({ weights, slots, buffers }: ReturnType<typeof initialNetwork>): number {
    const all = [weights, buffers, ...Object.values(slots)].flatMap((tensors) => Object.values(tensors));
    return all.reduce((sum, { size }) => sum + 4 * size, 0);
  }
});

import { sizeOf } from '../../../src/base/shape.js';
import { RandomStream } from '../../../src/base/streams.js';
import type { CriticOptions, GeneratorOptions } from '../../../src/networks/architectures.js';
import type { SampleShape } from '../../../src/networks/shape.js';
import { drawShapes } from '../../../src/tensor/draws.js';
import type { OptimizerOptions } from '../../../src/tensor/optimizers.js';
import type { IterationInputs, StartTraining, TrainingSetup } from '../../../src/tensor/training.js';

interface Networks {
  readonly name: string;
  readonly shape: SampleShape;
  readonly generator: GeneratorOptions;
  readonly critic: CriticOptions;
}

/** A sequence, as an image of one row, which becomes one of 4x4 pixels. */
export const listedGenerator = {
  type: 'layers_generator',
  z_dim: 5,
  initial: { type: 'glorot_normal', scale: 1 },
  layers: [
    { type: 'dense', units: 24, bias: true },
    { type: 'reshape', shape: [1, 8, 3] },
    { type: 'conv', channels: 3, kernel: 3, stride: 2, bias: true },
    { type: 'norm', norm: 'batch' },
    { type: 'activation', activation: 'sigmoid' },
    { type: 'reshape', shape: [2, 2, 3] },
    { type: 'conv_transpose', channels: 5, kernel: 3, bias: true },
    { type: 'activation', activation: 'softmax' },
    { type: 'conv', channels: 1, kernel: 1, stride: 1, bias: false },
    { type: 'activation', activation: 'tanh' },
  ],
} as const satisfies GeneratorOptions;

/** Of all layers that a gradient penalty may differentiate twice. */
export const listedCritic = {
  type: 'layers_critic',
  layers: [
    {
      type: 'conv_transpose',
      channels: 2,
      kernel: 4,
      bias: false,
      initial: { type: 'he_uniform', scale: 1 },
    },
    { type: 'conv_transpose', channels: 5, kernel: 2, bias: true },
    { type: 'activation', activation: 'leaky_relu' },
    { type: 'mean_pool' },
    {
      type: 'residual',
      name: 'block',
      layers: [
        { type: 'conv', channels: 6, kernel: 3, stride: 2, bias: true },
        { type: 'norm', norm: 'instance' },
      ],
      shortcut: [{ type: 'subsample', channels: 6 }],
      scale: 0.5,
    },
    { type: 'upsample' },
    { type: 'conv', channels: 4, kernel: 1, stride: 1, bias: true },
    { type: 'norm', norm: 'group' },
    { type: 'activation', activation: 'relu' },
    { type: 'global_mean_pool' },
    { type: 'norm', norm: 'layer' },
    { type: 'flatten' },
    { type: 'dense', units: 1, bias: true },
  ],
} as const satisfies CriticOptions;

/** Every kind of network and layer, with sizes that are no multiples of what TensorFlow aligns to. */
export const everyNetwork: readonly Networks[] = [
  ...(['none', 'batch'] as const).flatMap((norm): Networks[] => [
    {
      name: `mlp, relu and tanh, norm ${norm}`,
      shape: [3],
      generator: { type: 'mlp_generator', z_dim: 5, hidden: [17, 32], activation: 'relu', norm },
      critic: { type: 'mlp_critic', hidden: [32, 9], activation: 'tanh', norm },
    },
    {
      name: `mlp, tanh and leaky relu, norm ${norm}`,
      shape: [3],
      generator: { type: 'mlp_generator', z_dim: 5, hidden: [17, 32], activation: 'tanh', norm },
      critic: { type: 'mlp_critic', hidden: [32, 9], activation: 'leaky_relu', norm },
    },
    {
      name: `dcgan, norm ${norm}`,
      shape: [16, 16, 3],
      generator: { type: 'dcgan_generator', z_dim: 6, ngf: 5, norm },
      critic: { type: 'dcgan_critic', ndf: 5, norm },
    },
  ]),
  {
    name: 'resnet1d',
    shape: [5, 7],
    generator: { type: 'resnet1d_generator', z_dim: 6, width: 9, blocks: 1 },
    critic: { type: 'resnet1d_critic', width: 9, blocks: 1, norm: 'none' },
  },
  {
    name: 'a parallel line',
    shape: [2],
    generator: { type: 'parallel_line_generator', theta: 1 },
    critic: { type: 'mlp_critic', hidden: [20], activation: 'tanh', norm: 'none' },
  },
  {
    name: 'a Gaussian',
    shape: [1],
    generator: { type: 'gaussian_generator', mean: 2, std: 0.5 },
    critic: { type: 'mlp_critic', hidden: [20], activation: 'leaky_relu', norm: 'none' },
  },
  {
    name: 'mlp on images',
    shape: [4, 4, 1],
    generator: { type: 'mlp_generator', z_dim: 5, hidden: [20], activation: 'leaky_relu', norm: 'batch' },
    critic: { type: 'mlp_critic', hidden: [20], activation: 'relu', norm: 'none' },
  },
];

/** Those in which rounding grows fast from step to step: for few and small steps. */
export const deepNetworks: readonly Networks[] = [
  ...(['none', 'layer'] as const).flatMap((norm): Networks[] => [
    {
      name: `resnet, cifar, norm ${norm}`,
      shape: [8, 8, 3],
      generator: { type: 'resnet_generator', z_dim: 6, ngf: 5, layout: 'cifar', norm: 'batch' },
      critic: { type: 'resnet_critic', ndf: 5, layout: 'cifar', norm },
    },
    {
      name: `resnet, imagenet, norm ${norm}`,
      shape: [8, 8, 3],
      generator: { type: 'resnet_generator', z_dim: 6, ngf: 5, layout: 'imagenet', norm: 'layer' },
      critic: { type: 'resnet_critic', ndf: 5, layout: 'imagenet', norm },
    },
  ]),
  { name: 'layers that are listed', shape: [4, 4, 1], generator: listedGenerator, critic: listedCritic },
  {
    name: 'deep resnet, norm group, dcgan with an extra layer',
    shape: [8, 8, 3],
    generator: { type: 'dcgan_generator', z_dim: 6, ngf: 5, norm: 'instance', extra_layers: 1 },
    critic: { type: 'deep_resnet_critic', depth: 20, width: 3, norm: 'group', residual_scale: 0.5 },
  },
];

/**
 * With a large epsilon: where a gradient is 0 but for rounding, an optimiser that divides by its root mean square
 * would make of the rounding a whole step.
 */
export const basicOptimizers: readonly OptimizerOptions[] = [
  { type: 'rmsprop', lr: 0.01, rho: 0.9, epsilon: 0.01 },
  { type: 'adam', lr: 0.01, beta1: 0.5, beta2: 0.99, epsilon: 0.01 },
  { type: 'sgd', lr: 0.1, momentum: 0, nesterov: false },
];

/** What methods.test.ts pairs with all else. */
export const everyOptimizer: readonly OptimizerOptions[] = [
  ...basicOptimizers,
  { type: 'sgd', lr: 0.02, momentum: 0.9, nesterov: false },
  { type: 'sgd', lr: 0.02, momentum: 0.5, nesterov: true },
  { type: 'adamw', lr: 0.01, beta1: 0.5, beta2: 0.99, epsilon: 0.01, weight_decay: 0.3 },
  { type: 'rmsprop', lr: 0.01, rho: 0.9, epsilon: 0.01, max_gradient_norm: 0.05 },
];

/** Batches, noise and rates of an iteration; another `draw` has others. */
export function inputsOf(
  { model, batchSize, criticIterations }: TrainingSetup,
  draw: number,
): IterationInputs {
  const values = (purpose: string, shape: readonly number[]) =>
    new RandomStream({ seed: draw, purpose }).normal(batchSize * sizeOf(shape));
  return {
    critic: Array.from({ length: criticIterations }, (_, k) => ({
      real: values(`real${k}`, model.critic.inputShape),
      latent: values(`latent${k}`, model.generator.inputShape),
      draws: Object.fromEntries(
        Object.entries(drawShapes(model, 'critic', batchSize)).map(([name, shape]) => [
          name,
          new RandomStream({ seed: draw, purpose: `${name}${k}` }).uniform(sizeOf(shape)),
        ]),
      ),
      rates: model.optimizers.critic.rates(draw * criticIterations + k + 1),
    })),
    generator: {
      latent: values('latent', model.generator.inputShape),
      rates: model.optimizers.generator.rates(draw + 1),
      ...(model.average && { averaging: draw < model.average.start ? 1 : 1 - model.average.decay }),
    },
  };
}

/** State and losses after iterations with these inputs. */
export function after(start: StartTraining, setup: TrainingSetup, inputs: readonly IterationInputs[]) {
  const training = start(setup);
  const losses = inputs.map((given) => training.iterate(given));
  const state = training.read();
  training.dispose();
  return { losses, state };
}

/**
 * The largest difference of two states, of each tensor relative to its largest element. The floors are for gradients
 * that are 0 by symmetry, as that of a bias before batch norm, and so are rounding alone, and for a weight that is
 * smaller than the steps of `everyOptimizer` that led to it.
 */
export function difference(
  a: ReadonlyMap<string, Float32Array>,
  b: ReadonlyMap<string, Float32Array>,
): { readonly worst: number; readonly at: string } {
  let [worst, at] = [0, ''];
  for (const [name, values] of a) {
    const floor = name.includes('/weights/') ? 1e-2 : 1e-3;
    const scale = Math.max(...values.map(Math.abs), floor);
    const others = b.get(name);
    values.forEach((value, index) => {
      const error = Math.abs(value - (others?.[index] ?? NaN)) / scale;
      // NaN is no small difference.
      if (!(error <= worst)) [worst, at] = [error, name];
    });
  }
  return { worst, at };
}

import { createHash } from 'node:crypto';

import { beforeAll } from 'vitest';

import type { CriticOptions, GeneratorOptions } from '../../src/networks/architectures.js';
import type { SampleShape } from '../../src/networks/shape.js';
import { criticNetwork, generatorNetwork } from '../../src/tensor/architectures.js';
import type { Layer } from '../../src/networks/layers.js';
import { placeLayers } from '../../src/networks/place.js';
import { networkOf } from '../../src/tensor/layers.js';
import { loadBackend } from '../../src/tensor/backend.js';
import type { RealSamples } from '../../src/tensor/batches.js';
import type { Constraint } from '../../src/tensor/constraint.js';
import type { Network } from '../../src/tensor/network.js';
import { objectiveOf, type ObjectiveOptions } from '../../src/tensor/objectives.js';
import { optimizer, type Optimizer } from '../../src/tensor/optimizers.js';
import { initialValues } from '../../src/tensor/initial-values.js';
import type { NetworkRole, Variables } from '../../src/tensor/state.js';
import { type SpectralNorm, spectrallyNormalised } from '../../src/tensor/spectral-norm.js';
import type { AdversarialModel } from '../../src/tensor/steps.js';
import * as tf from '../../src/tensor/tf.js';

/** The tests of a file compute with TensorFlow's library, as trainings do unless told otherwise. */
export function useNativeBackend(): void {
  beforeAll(() => loadBackend('native', 2));
}

/** Leaves weights alone and keeps the gradient as a slot: the real steps, looked into. */
export const gradientRecorder: Optimizer = {
  slots: ['gradient'],
  rates: () => ({ stepSize: 0, epsilon: 0, decay: 0 }),
  update: ({ weight, gradient }) => ({ weight, slots: { gradient } }),
  decays: false,
};

export const mlpGenerator = {
  type: 'mlp_generator',
  z_dim: 2,
  hidden: [32, 32],
  activation: 'relu',
  norm: 'none',
} as const satisfies GeneratorOptions;

export const mlpCritic = {
  type: 'mlp_critic',
  hidden: [32, 32],
  activation: 'relu',
  norm: 'none',
} as const satisfies CriticOptions;

export const rmsprop = optimizer({ type: 'rmsprop', lr: 1e-3, rho: 0.99, epsilon: 1e-8 });

export type ObjectiveName = Exclude<ObjectiveOptions['type'], 'f_gan'>;

export const everyObjective: readonly ObjectiveOptions[] = [
  ...(['wasserstein', 'non_saturating', 'minimax', 'least_squares', 'hinge'] as const).map((type) => ({
    type,
  })),
  ...(['kl', 'reverse_kl', 'jensen_shannon', 'pearson', 'squared_hellinger', 'total_variation'] as const).map(
    (divergence) => ({ type: 'f_gan' as const, divergence }),
  ),
];

function constraintOf({ clip, penalty }: Pick<ModelOptions, 'clip' | 'penalty'>): Constraint {
  if (clip !== undefined) return { type: 'clip', range: clip, layers: {}, when: 'after_step' };
  return penalty === undefined
    ? { type: 'none' }
    : { type: 'gradient_penalty', lambda: penalty, form: 'two_sided' };
}

interface ModelOptions {
  readonly generator?: GeneratorOptions;
  readonly critic?: CriticOptions;
  readonly shape?: SampleShape;
  readonly objective?: ObjectiveName | ObjectiveOptions;
  readonly optimizer?: Optimizer;
  readonly clip?: readonly [number, number];
  /** Lambda of a two-sided gradient penalty. */
  readonly penalty?: number;
  /** In place of `clip` and `penalty`. */
  readonly constraint?: Constraint;
  readonly average?: AdversarialModel['average'];
  readonly augment?: AdversarialModel['augment'];
  readonly spectralNorm?: SpectralNorm;
  /** Of networks that are told classes. */
  readonly classes?: AdversarialModel['classes'];
  /** How the generator is told them: by an embedding of 3 dimensions unless given. */
  readonly told?: ToldBy;
}

type ToldBy = { readonly type: 'embedding'; readonly dimensions: number } | { readonly type: 'norm' };

/** By default a small clipped WGAN of MLPs on points. */
export function modelOf(options: ModelOptions = {}): AdversarialModel {
  const shape = options.shape ?? [2];
  const { classes, told = { type: 'embedding', dimensions: 3 } } = options;
  const condition = classes && { classes: classes.length, ...told };
  const generator = generatorNetwork(options.generator ?? mlpGenerator, shape, condition);
  const critic = criticNetwork(options.critic ?? mlpCritic, shape, classes?.length);
  if (!generator.ok || !critic.ok) throw new Error('these networks cannot be built');
  const { optimizer: chosen = rmsprop, objective = 'wasserstein' } = options;
  return {
    generator: generator.value,
    critic: options.spectralNorm ? spectrallyNormalised(critic.value, options.spectralNorm) : critic.value,
    objective: objectiveOf(typeof objective === 'string' ? { type: objective } : objective),
    optimizers: { generator: chosen, critic: chosen },
    constraint: options.constraint ?? constraintOf(options),
    ...(options.average && { average: options.average }),
    ...(options.augment && { augment: options.augment }),
    ...(classes && { classes }),
  };
}

/** y = x W + b with weights that begin as 0. */
export function linearNetwork(name: string, inputs: number, units: number): Network {
  return plainNetwork(
    [{ type: 'dense', name, units, bias: true, initial: { type: 'normal', std: 0 } }],
    [inputs],
  );
}

export function plainNetwork(layers: readonly Layer[], input: readonly number[]): Network {
  const placed = placeLayers(layers, input, { type: 'fan_in_uniform' });
  if (!placed.ok) throw new Error(placed.error.message);
  return networkOf(placed.value);
}

/** A network's first weights, by seed 1. */
export function initialWeights(network: Network, role: NetworkRole): Variables {
  return Object.fromEntries(
    network.parameters.map((parameter) => [
      parameter.name,
      tf.variable(tf.tensor(initialValues(parameter, 1, role), [...parameter.shape])),
    ]),
  );
}

/** Samples held in memory, with a record of what was asked for. */
export function recordedSamples(
  shape: readonly number[],
  values: Float32Array,
  labels?: Int32Array,
): RealSamples & { readonly asked: number[][] } {
  const size = shape.reduce((product, length) => product * length, 1);
  const asked: number[][] = [];
  return {
    shape,
    count: values.length / size,
    asked,
    ...(labels && { labels }),
    gather: (indices) => {
      asked.push([...indices]);
      return Float32Array.from([...indices].flatMap((i) => [...values.subarray(i * size, (i + 1) * size)]));
    },
  };
}

export function valuesOf(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync<'float32'>();
}

/** Of every bit of tensors and their names. */
export function digestOf(tensors: ReadonlyMap<string, Float32Array>): string {
  const hash = createHash('sha256');
  for (const [name, { buffer, byteOffset, byteLength }] of tensors) {
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}

import { createHash } from 'node:crypto';

import { beforeAll } from 'vitest';

import {
  criticNetwork,
  generatorNetwork,
  type CriticOptions,
  type GeneratorOptions,
} from '../../src/tensor/architectures.js';
import { loadBackend } from '../../src/tensor/backend.js';
import type { RealSamples } from '../../src/tensor/batches.js';
import type { SampleShape } from '../../src/tensor/network.js';
import { type ObjectiveName, objectiveNamed } from '../../src/tensor/objectives.js';
import { optimizer, type Optimizer } from '../../src/tensor/optimizers.js';
import type { AdversarialModel } from '../../src/tensor/steps.js';
import type * as tf from '../../src/tensor/tf.js';

/** The tests of a file compute with TensorFlow's library, as trainings do unless told otherwise. */
export function useNativeBackend(): void {
  beforeAll(() => loadBackend('native', 2));
}

/** Leaves weights alone and keeps the gradient as a slot: the real steps, looked into. */
export const gradientRecorder: Optimizer = {
  slots: ['gradient'],
  rates: () => ({ stepSize: 0, epsilon: 0 }),
  update: ({ weight, gradient }) => ({ weight, slots: { gradient } }),
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

interface ModelOptions {
  readonly generator?: GeneratorOptions;
  readonly critic?: CriticOptions;
  readonly shape?: SampleShape;
  readonly objective?: ObjectiveName;
  readonly optimizer?: Optimizer;
  readonly clip?: readonly [number, number];
  readonly penalty?: number;
}

/** By default a small clipped WGAN of MLPs on points. */
export function modelOf(options: ModelOptions = {}): AdversarialModel {
  const shape = options.shape ?? [2];
  const generator = generatorNetwork(options.generator ?? mlpGenerator, shape);
  const critic = criticNetwork(options.critic ?? mlpCritic, shape);
  if (!generator.ok || !critic.ok) throw new Error('these networks cannot be built');
  const chosen = options.optimizer ?? rmsprop;
  return {
    generator: generator.value,
    critic: critic.value,
    objective: objectiveNamed(options.objective ?? 'wasserstein'),
    optimizers: { generator: chosen, critic: chosen },
    clip: options.clip,
    penalty: options.penalty,
  };
}

/** Samples held in memory, with a record of what was asked for. */
export function recordedSamples(
  shape: readonly number[],
  values: Float32Array,
): RealSamples & { readonly asked: number[][] } {
  const size = shape.reduce((product, length) => product * length, 1);
  const asked: number[][] = [];
  return {
    shape,
    count: values.length / size,
    asked,
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

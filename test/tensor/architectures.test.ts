import { describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import type { Result } from '../../src/base/result.js';
import type { CriticOptions, GeneratorOptions } from '../../src/networks/architectures.js';
import type { SampleShape } from '../../src/networks/shape.js';
import { criticNetwork, generatorNetwork } from '../../src/tensor/architectures.js';
import type { Network } from '../../src/tensor/network.js';
import { initialValues } from '../../src/tensor/initial-values.js';
import * as tf from '../../src/tensor/tf.js';
import {
  initialWeights,
  mlpCritic,
  mlpGenerator,
  plainNetwork,
  useNativeBackend,
  valuesOf,
} from './support.js';

useNativeBackend();

const dcganGenerator: GeneratorOptions = { type: 'dcgan_generator', z_dim: 100, ngf: 8, norm: 'batch' };
const dcganCritic: CriticOptions = { type: 'dcgan_critic', ndf: 8, norm: 'batch' };

function built(network: Result<Network, string>): Network {
  if (!network.ok) throw new Error(network.error);
  return network.value;
}

const shapesOf = (network: Network) =>
  Object.fromEntries(network.parameters.map(({ name, shape }) => [name, shape.join('x')]));

function run(network: Network, role: 'generator' | 'critic', batch: number): tf.Tensor {
  const weights = initialWeights(network, role);
  return network.forward(weights, tf.randomNormal([batch, ...network.inputShape], 0, 1, 'float32', 7));
}

describe('the DCGAN of the reference code at 64x64x3', () => {
  test('generator: widths halve from 4x4 on; no biases', () => {
    expect(shapesOf(built(generatorNetwork(dcganGenerator, [64, 64, 3])))).toEqual({
      'project/weights': `100x${4 * 4 * 64}`,
      ...{ 'norm1/gamma': '64', 'norm1/beta': '64' },
      'conv2/filters': '4x4x32x64',
      ...{ 'norm2/gamma': '32', 'norm2/beta': '32' },
      'conv3/filters': '4x4x16x32',
      ...{ 'norm3/gamma': '16', 'norm3/beta': '16' },
      'conv4/filters': '4x4x8x16',
      ...{ 'norm4/gamma': '8', 'norm4/beta': '8' },
      'output/filters': '4x4x3x8',
    });
  });

  test('critic: widths double; no norm after the first layer, no biases', () => {
    expect(shapesOf(built(criticNetwork(dcganCritic, [64, 64, 3])))).toEqual({
      'conv1/filters': '4x4x3x8',
      'conv2/filters': '4x4x8x16',
      ...{ 'norm2/gamma': '16', 'norm2/beta': '16' },
      'conv3/filters': '4x4x16x32',
      ...{ 'norm3/gamma': '32', 'norm3/beta': '32' },
      'conv4/filters': '4x4x32x64',
      ...{ 'norm4/gamma': '64', 'norm4/beta': '64' },
      'output/weights': `${4 * 4 * 64}x1`,
    });
  });

  test('without batch norm the convolutions are the same', () => {
    const shapes = shapesOf(built(criticNetwork({ ...dcganCritic, norm: 'none' }, [64, 64, 3])));
    expect(Object.keys(shapes)).toEqual([
      ...['conv1/filters', 'conv2/filters', 'conv3/filters', 'conv4/filters', 'output/weights'],
    ]);
  });
});

describe.each<{ shape: SampleShape }>([
  { shape: [28, 28, 1] },
  { shape: [32, 32, 3] },
  { shape: [8, 16, 1] },
])('images of $shape', ({ shape }) => {
  test.each<GeneratorOptions>([dcganGenerator, mlpGenerator])(
    '$type makes them, within [-1, 1]',
    (options) => {
      const samples = run(built(generatorNetwork(options, shape)), 'generator', 5);
      expect(samples.shape).toEqual([5, ...shape]);
      expect(valuesOf(samples).every((value) => value >= -1 && value <= 1)).toBe(true);
    },
  );

  test.each<CriticOptions>([dcganCritic, mlpCritic])('$type gives each a score', (options) => {
    expect(run(built(criticNetwork(options, shape)), 'critic', 5).shape).toEqual([5, 1]);
  });
});

test('points have no bound: the last layer is linear', () => {
  const generator = built(generatorNetwork(mlpGenerator, [2]));
  const weights = initialWeights(generator, 'generator');
  required(weights['output/bias'], 'bias').assign(tf.tensor1d([50, -50]));
  const [x = NaN, y = NaN] = valuesOf(generator.forward(weights, tf.zeros([1, 2])));
  expect(x).toBeGreaterThan(40);
  expect(y).toBeLessThan(-40);
});

test.each<{ shape: SampleShape; reason: RegExp }>([
  { shape: [2], reason: /samples are points/ },
  { shape: [27, 27, 1], reason: /27x27 pixels cannot be halved/ },
  { shape: [6, 64, 1], reason: /6x64 pixels cannot be halved/ },
])('a DCGAN of $shape is refused', ({ shape, reason }) => {
  for (const network of [generatorNetwork(dcganGenerator, shape), criticNetwork(dcganCritic, shape)]) {
    expect(network).toMatchObject({ ok: false, error: expect.stringMatching(reason) as unknown });
  }
});

describe('initial weights', () => {
  const values = (network: Network, name: string) =>
    initialValues(
      required(
        network.parameters.find((parameter) => parameter.name === name),
        name,
      ),
      3,
      'critic',
    );
  const moments = (numbers: Float32Array) => {
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    return { mean, std: Math.sqrt(numbers.reduce((sum, v) => sum + (v - mean) ** 2, 0) / numbers.length) };
  };

  test('convolutions are N(0, 0.02), gamma N(1, 0.02), beta 0, as in the reference code', () => {
    const critic = built(criticNetwork({ ...dcganCritic, ndf: 64 }, [64, 64, 3]));
    const filters = moments(values(critic, 'conv3/filters'));
    expect(Math.abs(filters.mean)).toBeLessThan(1e-4);
    expect(Math.abs(filters.std - 0.02)).toBeLessThan(1e-4);
    const gamma = moments(values(critic, 'norm4/gamma'));
    expect(Math.abs(gamma.mean - 1)).toBeLessThan(4e-3);
    expect(Math.abs(gamma.std - 0.02)).toBeLessThan(3e-3);
    expect(values(critic, 'norm4/beta').every((value) => value === 0)).toBe(true);
  });

  test('depend on the seed and on the network’s role', () => {
    const [parameter] = built(criticNetwork(mlpCritic, [2])).parameters;
    const given = required(parameter, 'a parameter');
    const first = initialValues(given, 3, 'critic');
    expect(initialValues(given, 3, 'critic')).toEqual(first);
    expect(initialValues(given, 4, 'critic')).not.toEqual(first);
    expect(initialValues(given, 3, 'generator')).not.toEqual(first);
  });

  test('linear layers are uniform within 1 / sqrt(inputs), biases too, as PyTorch’s', () => {
    const critic = built(criticNetwork({ ...mlpCritic, hidden: [100, 400] }, [2]));
    for (const name of ['dense2/weights', 'dense2/bias']) {
      const numbers = values(critic, name);
      expect(Math.max(...numbers.map(Math.abs))).toBeLessThanOrEqual(Math.fround(1 / Math.sqrt(100)));
      expect(moments(numbers).std).toBeCloseTo(0.1 / Math.sqrt(3), 2);
    }
  });
});

test('batch norm gives each channel mean beta and standard deviation gamma over batch and pixels', () => {
  const network = plainNetwork([{ type: 'norm', name: 'norm', norm: 'batch' }], [4, 4, 2]);
  const weights = { 'norm/gamma': tf.tensor1d([2, 3]), 'norm/beta': tf.tensor1d([-1, 5]) };
  const output = network.forward(weights, tf.randomNormal([10, 4, 4, 2], 7, 3, 'float32', 1));
  const { mean, variance } = tf.moments(output, [0, 1, 2]);
  [-1, 5].forEach((beta, channel) => expect(valuesOf(mean)[channel]).toBeCloseTo(beta, 4));
  [4, 9].forEach((square, channel) => expect(valuesOf(variance)[channel]).toBeCloseTo(square, 3));
});

import { expect, test } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import { required } from '../../src/base/invariant.js';
import type { GeneratorOptions } from '../../src/networks/architectures.js';
import { placedGenerator } from '../../src/networks/architectures.js';
import { normalCdf } from '../../src/metrics/normal.js';
import { generatorNetwork } from '../../src/tensor/architectures.js';
import { initialNetwork } from '../../src/tensor/state.js';
import * as tf from '../../src/tensor/tf.js';
import { useNativeBackend, valuesOf } from './support.js';

useNativeBackend();

const noise = new RandomStream({ seed: 1, purpose: 'test/latent' }).normal(2000);

function generator(options: GeneratorOptions, shape: readonly number[]) {
  const built = generatorNetwork(options, shape);
  if (!built.ok) throw new Error(built.error);
  const { weights } = initialNetwork(built.value, [], { seed: 0, role: 'generator' });
  return { network: built.value, weights };
}

test('a parallel line is (theta, z), z being uniform in [0, 1]', () => {
  const { network, weights } = generator({ type: 'parallel_line_generator', theta: -0.75 }, [2]);
  expect(network.parameters.map(({ name, shape }) => [name, shape])).toEqual([['theta', [1]]]);
  const made = valuesOf(network.forward(weights, tf.tensor(noise, [noise.length, 1])));
  for (const [index, z] of noise.entries()) {
    expect(made[2 * index]).toBe(-0.75);
    expect(Math.abs((made[2 * index + 1] ?? NaN) - normalCdf(z))).toBeLessThan(1e-6);
  }
});

test('a Gaussian is mean + std z', () => {
  const { network, weights } = generator({ type: 'gaussian_generator', mean: 2, std: 0.5 }, [1]);
  const made = valuesOf(network.forward(weights, tf.tensor(noise, [noise.length, 1])));
  for (const [index, z] of noise.entries()) {
    expect(Math.abs((made[index] ?? NaN) - (2 + 0.5 * z))).toBeLessThan(1e-5);
  }
});

test('weights have the gradients of their formulas', () => {
  const rows = noise.subarray(0, 50);
  const latent = tf.tensor(rows, [rows.length, 1]);
  const sum = rows.reduce((total, z) => total + z, 0);
  const gradients = (options: GeneratorOptions, shape: readonly number[], factors: readonly number[]) => {
    const { network, weights } = generator(options, shape);
    const names = Object.keys(weights);
    const of = tf.grads((...values) => {
      const given = Object.fromEntries(names.map((name, k) => [name, required(values[k], name)]));
      return network
        .forward(given, latent)
        .mul(tf.tensor([...factors]))
        .sum();
    })(Object.values(weights));
    return Object.fromEntries(names.map((name, k) => [name, valuesOf(required(of[k], name))[0]]));
  };
  expect(gradients({ type: 'parallel_line_generator', theta: 1 }, [2], [3, 7])).toEqual({ theta: 150 });
  const { mean, std } = gradients({ type: 'gaussian_generator', mean: 1, std: 2 }, [1], [3]);
  expect(mean).toBe(150);
  expect(std).toBeCloseTo(3 * sum, 3);
});

test.each([
  ['parallel_line_generator', { type: 'parallel_line_generator', theta: 1 }, [3], 'a vector of 2 values'],
  ['gaussian_generator', { type: 'gaussian_generator', mean: 0, std: 1 }, [2], 'a vector of 1 value'],
] as const)('%s makes samples of one shape', (type, options, shape, made) => {
  expect(placedGenerator(options, shape)).toEqual({
    ok: false,
    error: `\`${type}\` makes ${made}, and a sample is a vector of ${shape[0]} values`,
  });
});

import { beforeAll, describe, expect, it, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { RandomStream } from '../../src/base/streams.js';
import { criticNetwork, generatorNetwork } from '../../src/tensor/architectures.js';
import { loadBackend } from '../../src/tensor/backend.js';
import { areFinite, CollapseProbe } from '../../src/tensor/collapse.js';
import type { Network, Weights } from '../../src/tensor/network.js';
import { initialValues } from '../../src/tensor/initial-values.js';
import * as tf from '../../src/tensor/tf.js';

beforeAll(() => loadBackend('native', 1));

function networks(norm: 'none' | 'batch') {
  const generator = generatorNetwork(
    { type: 'mlp_generator', z_dim: 2, hidden: [8], activation: 'relu', norm: 'none' },
    [2],
  );
  const critic = criticNetwork({ type: 'mlp_critic', hidden: [8], activation: 'leaky_relu', norm }, [2]);
  if (!generator.ok || !critic.ok) throw new Error('networks do not suit');
  return { generator: generator.value, critic: critic.value };
}

/** Weights as they are at the beginning of a training, times a factor. */
function weightsOf(network: Network, role: 'generator' | 'critic', factor = 1): Weights {
  return Object.fromEntries(
    network.parameters.map((parameter) => [
      parameter.name,
      tf.tensor(initialValues(parameter, 1, role), [...parameter.shape]).mul(factor),
    ]),
  );
}

const points = new RandomStream({ seed: 5, purpose: 'points' }).normal(200);
const samples = {
  shape: [2],
  count: 100,
  gather: (indices: Int32Array) =>
    Float32Array.from([...indices].flatMap((index) => [...points.subarray(2 * index, 2 * index + 2)])),
};

describe.each(['none', 'batch'] as const)('with norm %s in the critic', (norm) => {
  const { generator, critic } = networks(norm);
  const probe = (factors: { generator?: number; critic?: number } = {}) =>
    new CollapseProbe({ generator, critic }, samples, 1).collapsed({
      generator: weightsOf(generator, 'generator', factors.generator),
      critic: weightsOf(critic, 'critic', factors.critic),
    });

  it('finds nothing wrong with fresh networks', () => {
    expect(probe()).toBeUndefined();
  });

  it('finds a generator that makes one sample', () => {
    expect(probe({ generator: 0 })).toBe('generator');
  });

  it('finds a critic that gives one score', () => {
    expect(probe({ critic: 0 })).toBe('critic');
  });
});

test('one sample of the data, scored unlike a generated one, is no collapse', () => {
  const { generator, critic } = networks('none');
  const weights = {
    generator: weightsOf(generator, 'generator'),
    critic: weightsOf(critic, 'critic'),
  };
  const single = { ...samples, count: 1 };
  expect(new CollapseProbe({ generator, critic }, single, 1).collapsed(weights)).toBeUndefined();
});

test('a critic whose scores differ by rounding alone has collapsed; by more, it has not', () => {
  const { generator, critic } = networks('none');
  const [last] = critic.parameters.slice(-2);
  const { name } = required(last, 'the last weights');
  const offset = required(critic.parameters.at(-1), 'the last bias').name;
  const collapsed = (factor: number) => {
    const weights = weightsOf(critic, 'critic');
    return new CollapseProbe({ generator, critic }, samples, 1).collapsed({
      generator: weightsOf(generator, 'generator'),
      critic: {
        ...weights,
        [name]: required(weights[name], name).mul(factor),
        [offset]: tf.onesLike(required(weights[offset], offset)),
      },
    });
  };
  expect(collapsed(1e-8)).toBe('critic');
  expect(collapsed(1e-4)).toBeUndefined();
});

test.each([
  [[1, 2, 3], true],
  [[1, NaN, 3], false],
  [[1, -Infinity, 3], false],
  [[3e38, 3e38, 3e38], true],
])('weights %j are finite: %s', (values, expected) => {
  expect(areFinite({ a: tf.tensor1d([0]), b: tf.tensor1d(values) })).toBe(expected);
});

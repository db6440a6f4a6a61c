import { describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { placedCritic, placedGenerator } from '../../src/networks/architectures.js';
import type { Initialiser } from '../../src/networks/initialisers.js';
import { placeLayers } from '../../src/networks/place.js';
import { initialValues } from '../../src/tensor/initial-values.js';

/** First weights of a 3x3 convolution of stride 2 from 20 to 60 channels, and its biases. */
function drawn(initial: Initialiser, seed = 1) {
  const layer = { type: 'conv', channels: 60, kernel: 3, stride: 2, bias: true } as const;
  const placed = placeLayers([layer], [8, 8, 20], initial);
  if (!placed.ok) throw new Error(placed.error.message);
  const [filters, bias] = required(placed.value.layers[0], 'a layer').parameters;
  return {
    weights: initialValues(required(filters, 'filters'), seed, 'critic'),
    biases: initialValues(required(bias, 'bias'), seed, 'critic'),
  };
}

/** Values that lead to one output, and that one input leads to. */
const [fanIn, fanOut] = [9 * 20, (9 * 60) / 4];
const n = 9 * 20 * 60;

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe.each<{ initial: Initialiser; variance: number; isUniform: boolean }>([
  { initial: { type: 'normal', std: 0.03 }, variance: 0.03 ** 2, isUniform: false },
  { initial: { type: 'fan_in_uniform' }, variance: 1 / (3 * fanIn), isUniform: true },
  { initial: { type: 'he_normal', scale: 1 }, variance: 2 / fanIn, isUniform: false },
  { initial: { type: 'he_uniform', scale: 0.5 }, variance: 1 / fanIn, isUniform: true },
  { initial: { type: 'glorot_normal', scale: 1 }, variance: 2 / (fanIn + fanOut), isUniform: false },
  { initial: { type: 'glorot_uniform', scale: 2 }, variance: 4 / (fanIn + fanOut), isUniform: true },
])('$initial', ({ initial, variance, isUniform }) => {
  const { weights, biases } = drawn(initial);

  // Five standard errors: of the mean, and of the mean square (kurtosis 3 for normal, 9/5 for uniform values).
  test('has mean 0 and its variance', () => {
    expect(Math.abs(sum(weights) / n)).toBeLessThan(5 * Math.sqrt(variance / n));
    const square = sum(weights.map((value) => value ** 2)) / n;
    const kurtosis = isUniform ? 9 / 5 : 3;
    expect(Math.abs(square / variance - 1)).toBeLessThan(5 * Math.sqrt((kurtosis - 1) / n));
  });

  test('has its shape: the fourth moment, and bounds where it has some', () => {
    const fourth = sum(weights.map((value) => value ** 4)) / n / variance ** 2;
    expect(fourth).toBeCloseTo(isUniform ? 9 / 5 : 3, isUniform ? 1 : 0);
    const largest = Math.max(...weights.map(Math.abs)) / Math.sqrt(3 * variance);
    if (isUniform) expect(largest).toBeLessThanOrEqual(1 + 1e-6);
    else expect(largest).toBeGreaterThan(1.5);
  });

  test('is drawn from the seed, and its biases are 0 unless they are drawn alike', () => {
    expect(drawn(initial).weights).toEqual(weights);
    expect(drawn(initial, 2).weights).not.toEqual(weights);
    const spread = Math.max(...biases.map(Math.abs));
    if (initial.type === 'fan_in_uniform') expect(spread).toBeGreaterThan(0.5 / Math.sqrt(fanIn));
    else expect(spread).toBe(0);
  });
});

describe('orthogonal', () => {
  test.each([
    ['tall', [50, 7]],
    ['wide', [7, 50]],
    ['square', [30, 30]],
    ['of a kernel', [3, 3, 4, 8]],
  ] as const)('%s: Q^T Q = gain^2 I', (_, shape) => {
    const parameter = { name: 'w', shape, initial: { type: 'orthogonal', gain: 1.5 } } as const;
    const values = initialValues(parameter, 3, 'critic');
    const columns = required(shape.at(-1), 'columns');
    const rows = values.length / columns;
    const vectors =
      rows >= columns
        ? Array.from({ length: columns }, (_, c) =>
            Array.from({ length: rows }, (_, r) => values[r * columns + c]),
          )
        : Array.from({ length: rows }, (_, r) => [...values.subarray(r * columns, (r + 1) * columns)]);
    for (const [i, a] of vectors.entries()) {
      for (const [j, b] of vectors.entries()) {
        const product = sum(a.map((value, at) => (value ?? NaN) * (b[at] ?? NaN)));
        expect(Math.abs(product - (i === j ? 1.5 ** 2 : 0))).toBeLessThan(1e-6);
      }
    }
  });

  // Of an orthogonal matrix that is as likely as any other, the trace has mean 0 and variance 1 (Diaconis and Shahshahani 1994).
  test('no direction is preferred', () => {
    const initial = { type: 'orthogonal', gain: 1 } as const;
    const traces = Array.from({ length: 400 }, (_, seed) => {
      const values = initialValues({ name: 'w', shape: [4, 4], initial }, seed, 'critic');
      return sum([0, 5, 10, 15].map((at) => values[at] ?? NaN));
    });
    expect(Math.abs(sum(traces) / 400)).toBeLessThan(5 / 20);
    expect(Math.abs(sum(traces.map((trace) => trace ** 2)) / 400 - 1)).toBeLessThan(5 * Math.sqrt(2 / 400));
  });
});

describe('in a preset', () => {
  const initial: Initialiser = { type: 'orthogonal', gain: 1 };
  const image = [8, 8, 3];
  const shapesOf = (network: ReturnType<typeof placedCritic>) => {
    if (!network.ok) throw new Error(network.error);
    return network.value.layers.flatMap(({ parameters }) => parameters);
  };

  test.each([
    [
      'a generator',
      (drawn: object) =>
        placedGenerator(
          { type: 'resnet_generator', z_dim: 5, ngf: 4, layout: 'cifar', norm: 'batch', ...drawn },
          image,
        ),
    ],
    [
      'a critic',
      (drawn: object) =>
        placedCritic({ type: 'resnet_critic', ndf: 4, layout: 'imagenet', norm: 'layer', ...drawn }, image),
    ],
  ] as const)('of %s, it replaces those of all weights, in blocks too, and of no norm', (_, network) => {
    const [own, given] = [shapesOf(network({})), shapesOf(network({ initial }))];
    expect(given.map(({ name, shape }) => [name, shape])).toEqual(
      own.map(({ name, shape }) => [name, shape]),
    );
    for (const [index, parameter] of given.entries()) {
      const isWeight = /\/(?:weights|filters)$/.test(parameter.name);
      expect(parameter.initial, parameter.name).toEqual(isWeight ? initial : own[index]?.initial);
    }
  });
});

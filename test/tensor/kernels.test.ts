import { beforeAll, describe, expect, test } from 'vitest';

import { loadBackend } from '../../src/tensor/backend.js';
import { leakyRelu, relu } from '../../src/tensor/gradients.js';
import {
  clip,
  leakyReluGradient,
  normaliseBackward,
  normaliseForward,
  reluGradient,
} from '../../src/tensor/kernels.js';
import * as tf from '../../src/tensor/tf.js';
import { valuesOf } from './support.js';

// 2 samples of 1x3 pixels with 2 channels: 6 values of each channel.
const shape: [number, number, number, number] = [2, 1, 3, 2];
const x = [3, -1, 0, 2, -2, 5, 1, -4, 0.5, 0.25, -3, 7];
const dy = [1, 2, -3, 4, 5, -6, 7, 8, -9, 10, 11, -12];
const [gamma, beta] = [
  [2, 0.5],
  [-1, 3],
];

const close = (found: tf.Tensor | undefined, expected: readonly number[]) => {
  const values = found === undefined ? [] : [...valuesOf(found)];
  expect(values.length).toBe(expected.length);
  for (const [index, value] of values.entries()) expect(value).toBeCloseTo(expected[index] ?? NaN, 4);
};

describe.each(['native', 'cpu'] as const)('on the backend %s', (backend) => {
  beforeAll(() => loadBackend(backend, 2));
  const tensor = (values: readonly number[]) => tf.tensor4d([...values], shape);

  test('reluGradient', () => {
    close(
      reluGradient(tensor(dy), tensor(x).relu()),
      dy.map((d, i) => ((x[i] ?? NaN) > 0 ? d : 0)),
    );
  });

  test('leakyReluGradient', () => {
    close(
      leakyReluGradient(tensor(dy), tensor(x), 0.2),
      dy.map((d, i) => ((x[i] ?? NaN) > 0 ? d : 0.2 * d)),
    );
  });

  test('products of matrices, transposed or not, and of stacks of matrices', () => {
    const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const b = tf.tensor2d([1, -1, 0, 2, 1, 1], [3, 2]);
    close(a.matMul(b), [1 + 0 + 3, -1 + 4 + 3, 4 + 0 + 6, -4 + 10 + 6]);
    close(b.matMul(a, true, true), [1 + 0 + 3, 4 + 0 + 6, -1 + 4 + 3, -4 + 10 + 6]);
    close(tf.matMul(a.expandDims(0), b.expandDims(0)), [4, 6, 10, 12]);
    close(tf.grad((x) => x.matMul(b).sum())(a), [1 - 1, 0 + 2, 1 + 1, 1 - 1, 0 + 2, 1 + 1]);
  });

  test('clip', () => {
    close(
      clip(tensor(x), -1, 2),
      x.map((value) => Math.min(Math.max(value, -1), 2)),
    );
  });

  test('normalise, forward and backward, by its formulas in double precision', () => {
    const { y, saved } = normaliseForward(tensor(x), tf.tensor1d(gamma), tf.tensor1d(beta));
    const [dx, dgamma, dbeta] = normaliseBackward(tensor(dy), saved);
    const channel = (values: readonly number[], c: number) => values.filter((_, index) => index % 2 === c);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const expected = [0, 1].map((c) => {
      const [values, d] = [channel(x, c), channel(dy, c)];
      const mean = sum(values) / 6;
      const r = 1 / Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / 6 + 1e-5);
      const h = values.map((value) => (value - mean) * r);
      const dh = sum(d.map((value, index) => value * (h[index] ?? NaN)));
      const g = gamma[c] ?? NaN;
      return {
        y: h.map((value) => g * value + (beta[c] ?? NaN)),
        dx: d.map((value, index) => g * r * (value - sum(d) / 6 - ((h[index] ?? NaN) * dh) / 6)),
        dgamma: dh,
        dbeta: sum(d),
      };
    });
    const interleaved = (part: 'y' | 'dx') =>
      x.map((_, index) => expected[index % 2]?.[part][Math.floor(index / 2)] ?? NaN);
    close(y, interleaved('y'));
    close(dx, interleaved('dx'));
    close(
      dgamma,
      expected.map((of) => of.dgamma),
    );
    close(
      dbeta,
      expected.map((of) => of.dbeta),
    );
  });

  test.each([
    { name: 'relu', f: relu, slope: 0 },
    { name: 'leakyRelu', f: (value: tf.Tensor) => leakyRelu(value, 0.2), slope: 0.2 },
  ])('$name passes a gradient of a gradient, as a penalty needs', ({ f, slope }) => {
    // g(w) = sum over x of (d f(w x) / dx)^2 = w^2 sum of s^2, where s is f's slope at w x: g' = 2 w sum of s^2.
    const penalty = (w: tf.Tensor) =>
      tf
        .grad((at) => f(at.mul(w)).sum())(tensor(x))
        .square()
        .sum();
    const slopes = x.map((value) => (1.5 * value > 0 ? 1 : slope));
    close(tf.grad(penalty)(tf.scalar(1.5)), [2 * 1.5 * slopes.reduce((total, s) => total + s * s, 0)]);
  });
});

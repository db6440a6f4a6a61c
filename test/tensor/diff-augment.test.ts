import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { diffAugment, type Transformation } from '../../src/tensor/diff-augment.js';
import * as tf from '../../src/tensor/tf.js';
import { useNativeBackend, valuesOf } from './support.js';

/** Written by scripts/referees/diff_augment.py. */
interface Case {
  readonly policy: readonly Transformation[];
  readonly shape: readonly number[];
  readonly batch: number;
  readonly images: readonly number[];
  readonly numbers: readonly number[];
  readonly changed: readonly number[];
  readonly coefficients: readonly number[];
  readonly gradient: readonly number[];
}

const { cases } = JSON.parse(readFileSync('test/fixtures/referees/diff_augment.json', 'utf8')) as {
  readonly cases: readonly Case[];
};

useNativeBackend();

function tensorsOf({ policy, shape, batch, ...values }: Case) {
  const augment = diffAugment(policy, shape);
  const batchOf = (images: readonly number[]) => tf.tensor([...images], [batch, ...shape]);
  return {
    augment,
    images: batchOf(values.images),
    coefficients: batchOf(values.coefficients),
    numbers: tf.tensor2d([...values.numbers], [batch, augment.numbers]),
  };
}

function largestDifference(values: Float32Array, expected: readonly number[]): number {
  expect(values).toHaveLength(expected.length);
  return Math.max(...values.map((value, at) => Math.abs(value - (expected[at] ?? NaN))));
}

describe.each(
  cases.map((given) => ({ name: `${given.policy.join(', ')} of ${given.shape.join('x')}`, given })),
)('against PyTorch, in float64: $name', ({ given }) => {
  test('images', () => {
    const { augment, images, numbers } = tensorsOf(given);
    expect(largestDifference(valuesOf(augment.apply(images, numbers)), given.changed)).toBeLessThan(1e-6);
  });

  test('gradients', () => {
    const { augment, images, coefficients, numbers } = tensorsOf(given);
    const gradient = tf.grad((x) => augment.apply(x, numbers).mul(coefficients).sum())(images);
    expect(largestDifference(valuesOf(gradient), given.gradient)).toBeLessThan(1e-5);
  });

  /** E |grad_x sum(c T(x)^2)|^2 has the derivative 8 J'(c J J'(c T(x)) ...): against central differences. */
  test('second derivatives, as a penalty through it would take them', () => {
    const { augment, images, coefficients, numbers } = tensorsOf(given);
    const slope = (x: tf.Tensor) =>
      tf.grad((of) => {
        const seen = augment.apply(of, numbers);
        return seen.mul(seen).mul(coefficients).sum();
      })(x);
    const squared = (x: tf.Tensor) => {
      const gradient = slope(x);
      return gradient.mul(gradient).sum();
    };
    const second = tf.grad(squared)(images);
    const direction = coefficients.div(coefficients.norm());
    const step = 0.25;
    const at = (by: number) => valuesOf(squared(images.add(direction.mul(by))))[0] ?? NaN;
    // Quadratic in x: central differences are exact but for rounding.
    const expected = (at(step) - at(-step)) / (2 * step);
    const found = valuesOf(second.mul(direction).sum())[0] ?? NaN;
    expect(Math.abs(found - expected)).toBeLessThan(1e-2 * Math.max(1, Math.abs(expected)));
  });
});

describe('what is drawn', () => {
  const stream = { seed: 3, purpose: 'critic/real', counter: 5 };
  const columns = (policy: readonly Transformation[], count = 4000) => {
    const augment = diffAugment(policy, [16, 9, 3]);
    const drawn = augment.draw(count, stream);
    return Array.from({ length: augment.numbers }, (_, at) => [
      ...drawn.filter((__, index) => index % augment.numbers === at),
    ]);
  };
  const extremes = (values: readonly number[]) => [Math.min(...values), Math.max(...values)];

  test('lies in the ranges of the authors’ code', () => {
    const [brightness = [], saturation = [], contrast = []] = columns(['color']);
    const near = (values: readonly number[], low: number, high: number) => {
      const [least = NaN, most = NaN] = extremes(values);
      expect(least).toBeGreaterThanOrEqual(low);
      expect(least).toBeLessThan(low + 0.01);
      expect(most).toBeLessThan(high);
      expect(most).toBeGreaterThan(high - 0.01);
    };
    near(brightness, -0.5, 0.5);
    near(saturation, 0, 2);
    near(contrast, 0.5, 1.5);
    // 16 / 8 = 2, and 9 / 8 + 0.5 is 1 as a whole number.
    expect(columns(['translation']).map(extremes)).toEqual([
      [-2, 2],
      [-1, 1],
    ]);
    // Holes of 8, which is even, and of 5.
    expect(columns(['cutout']).map(extremes)).toEqual([
      [0, 16],
      [0, 8],
    ]);
  });

  test('of a transformation does not depend on the others', () => {
    const all = columns(['cutout', 'color', 'translation'], 10);
    expect(all).toEqual([
      ...columns(['cutout'], 10),
      ...columns(['color'], 10),
      ...columns(['translation'], 10),
    ]);
  });
});

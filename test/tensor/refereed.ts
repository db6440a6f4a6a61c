import { expect } from 'vitest';

import { required } from '../../src/base/invariant.js';
import type { Network, Weights } from '../../src/tensor/network.js';
import * as tf from '../../src/tensor/tf.js';
import { valuesOf } from './support.js';

export type Numbers = readonly number[];
/** By the weights' names. */
export type Gradients = Readonly<Record<string, Numbers>>;

/** A network that a referee has computed, as its fixture holds it. */
export interface RefereedCase<Options> {
  readonly options: Options;
  readonly sample: Numbers;
  readonly batch: number;
  readonly weights: Gradients;
  readonly input: Numbers;
  readonly output: Numbers;
  /** Of the outputs, in the sum whose gradients are here. */
  readonly coefficients: Numbers;
  readonly gradients: Gradients;
  /** Of a critic, at points between its input and `fake`. */
  readonly penalty?: {
    readonly fake: Numbers;
    readonly mix: Numbers;
    readonly value: number;
    readonly gradients: Gradients;
  };
}

export function weightsOf({ parameters }: Network, values: Gradients): Weights {
  return Object.fromEntries(
    parameters.map(({ name, shape }) => [name, tf.tensor([...required(values[name], name)], [...shape])]),
  );
}

/** Has the parameters that the referee names, in their sizes. */
export function expectParameters({ parameters }: Network, values: Gradients): void {
  const sizes = parameters.map(({ name, shape }) => [name, shape.reduce((a, b) => a * b)]);
  const expected = Object.entries(values).map(([name, { length }]) => [name, length]);
  expect(Object.fromEntries(sizes)).toEqual(Object.fromEntries(expected));
}

export function expectGradients(found: Readonly<Record<string, tf.Tensor>>, expected: Gradients): void {
  const whole = largest(Object.values(expected).flat());
  for (const [name, values] of Object.entries(expected)) {
    // Nothing leads from some weights to a penalty.
    const gradient = found[name];
    const own = gradient === undefined ? new Float32Array(values.length) : valuesOf(gradient);
    expect(own.length).toBe(values.length);
    // What is 0 by symmetry, as the gradient of a bias before batch norm, is rounding alone.
    const isZero = largest(values) < 1e-9 * whole;
    const scale = Math.max(largest(values), (isZero ? 1e-2 : 1e-3) * whole);
    expect(largest(own.map((value, at) => value - (values[at] ?? NaN))) / scale, name).toBeLessThan(1e-4);
  }
}

const largest = (values: Iterable<number>) => Math.max(...Array.from(values, Math.abs));

/** The largest difference, relative to the largest value. */
export function errorOf(found: Float32Array, expected: Numbers): number {
  expect(found.length).toBe(expected.length);
  return largest(found.map((value, at) => value - (expected[at] ?? NaN))) / largest(expected);
}

import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../src/base/streams.js';
import { classifierNetwork, wholeOf } from '../../src/tensor/classifier.js';
import { crossEntropy } from '../../src/tensor/classifier-training.js';
import { classifiedParts } from '../../src/tensor/classifying.js';
import { lossAndGradients } from '../../src/tensor/loss-and-gradients.js';
import type { Weights } from '../../src/tensor/network.js';
import { initialValues } from '../../src/tensor/initial-values.js';
import * as tf from '../../src/tensor/tf.js';
import { useNativeBackend } from './support.js';

useNativeBackend();

const shape = [16, 16, 1];
const network = classifierNetwork(shape, 5);
const weightsOf = (seed: number): Weights =>
  Object.fromEntries(
    wholeOf(network).parameters.map((parameter) => [
      parameter.name,
      tf.tensor(initialValues(parameter, seed, 'classifier'), [...parameter.shape]),
    ]),
  );
const samples = (count: number) => ({
  shape,
  count,
  gather: (indices: Int32Array) => Float32Array.from([...indices].flatMap((index) => [...image(index)])),
});
const image = (index: number) =>
  new RandomStream({ seed: index, purpose: 'test/image' }).uniform(256).map((value) => 2 * value - 1);

describe('crossEntropy', () => {
  const input = () => tf.tensor(samples(6).gather(Int32Array.of(0, 1, 2, 3, 4, 5)), [6, ...shape]);
  const labels = Int32Array.of(0, 1, 1, 4, 4, 4);

  it('is log classes for a guess', () => {
    const zero = Object.fromEntries(
      Object.entries(weightsOf(0)).map(([name, weight]) => [name, tf.zerosLike(weight)]),
    );
    expect(crossEntropy(network, zero, input(), labels).dataSync()[0]).toBeCloseTo(Math.log(5), 6);
  });

  it('has the gradients that differences have, in every layer', () => {
    const weights = weightsOf(1);
    const { gradients } = lossAndGradients(weights, (given) => crossEntropy(network, given, input(), labels));
    const loss = (given: Weights) => crossEntropy(network, given, input(), labels).dataSync()[0] ?? 0;
    for (const [name, weight] of Object.entries(weights)) {
      const gradient = gradients[name];
      if (gradient === undefined) throw new Error(`no gradient of ${name}`);
      const norm = Math.sqrt(gradient.square().sum().dataSync()[0] ?? 0);
      // Along the gradient itself, where the slope is its norm.
      const step = 1e-2 / Math.max(1, norm);
      const at = (sign: number) =>
        loss({ ...weights, [name]: weight.add(gradient.mul((sign * step) / norm)) });
      const slope = (at(1) - at(-1)) / (2 * step);
      expect(Math.abs(slope / norm - 1), name).toBeLessThan(0.02);
    }
  });
});

describe('classifiedParts', () => {
  const all = async (count: number) => {
    const features: number[] = [];
    const sums: number[] = [];
    for await (const part of classifiedParts(network, weightsOf(0), samples(count))) {
      features.push(...part.features);
      for (let row = 0; row < part.count; row++) {
        sums.push(part.probabilities.subarray(5 * row, 5 * row + 5).reduce((sum, p) => sum + p, 0));
      }
    }
    return { features, sums };
  };

  it('gives a sample the same features, bit by bit, however many there are', async () => {
    const { features, sums } = await all(70);
    expect(features).toHaveLength(70 * 128);
    expect(sums).toHaveLength(70);
    for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
    expect((await all(66)).features).toEqual(features.slice(0, 66 * 128));
  });
});

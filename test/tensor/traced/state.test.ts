import { describe, expect, test } from 'vitest';

import { required } from '../../../src/base/invariant.js';
import { tensorFlow } from '../../../src/tensor/library.js';
import { optimizer } from '../../../src/tensor/optimizers.js';
import * as tf from '../../../src/tensor/tf.js';
import { tracedTraining } from '../../../src/tensor/traced/traced-training.js';
import type { TrainingSetup } from '../../../src/tensor/training.js';
import { digestOf, modelOf, useNativeBackend, valuesOf } from '../support.js';
import { everyNetwork, inputsOf } from './support.js';

useNativeBackend();

const adam = optimizer({ type: 'adam', lr: 0.01, beta1: 0.5, beta2: 0.99, epsilon: 1e-8 });
const setups = everyNetwork.flatMap((networks) =>
  [undefined, adam].map((chosen): [string, TrainingSetup] => [
    `${networks.name}, ${chosen === undefined ? 'rmsprop' : 'adam'}`,
    {
      model: modelOf({ ...networks, ...(chosen && { optimizer: chosen }), clip: [-0.05, 0.05] }),
      criticIterations: 2,
      hasLooseSteps: false,
      batchSize: 6,
      seed: 4,
    },
  ]),
);

const withMore: [string, TrainingSetup] = [
  'mlp, with buffers and an average',
  {
    model: modelOf({
      constraint: { type: 'spectral_norm' },
      spectralNorm: { bound: 1, powerIterations: 1 },
      average: { decay: 0.9, start: 0 },
    }),
    ...{ criticIterations: 2, hasLooseSteps: false, batchSize: 6, seed: 4 },
  },
];

describe.each([...setups, withMore])('%s', (_, setup) => {
  test('goes on from any iteration to the same bits, in another graph', () => {
    const inputs = [0, 1, 2, 3].map((draw) => inputsOf(setup, draw));
    const through = tracedTraining(setup);
    const states = inputs.map((given) => {
      through.iterate(given);
      return through.read();
    });
    through.dispose();
    const end = states.at(-1);
    for (const [index, state] of states.entries()) {
      const resumed = tracedTraining({ ...setup, seed: 99 });
      resumed.write(state);
      expect(digestOf(resumed.read())).toBe(digestOf(state));
      for (const given of inputs.slice(index + 1)) resumed.iterate(given);
      expect(digestOf(resumed.read())).toBe(digestOf(end ?? new Map()));
      resumed.dispose();
    }
  });
});

const [, setup] = setups[0] ?? [];
if (setup === undefined) throw new Error('there are networks');

test('what was written or fed is not changed by the iterations that follow', () => {
  const training = tracedTraining(setup);
  const state = training.read();
  const [inputs, before] = [inputsOf(setup, 0), digestOf(state)];
  const fed = structuredClone(inputs);
  training.write(state);
  for (let i = 0; i < 3; i += 1) training.iterate(inputs);
  expect(digestOf(state)).toBe(before);
  expect(inputs).toEqual(fed);
  expect(digestOf(training.read())).not.toBe(before);
  training.dispose();
});

test('what was read is not changed by the iterations that follow', () => {
  const training = tracedTraining(setup);
  const state = training.read();
  const before = digestOf(state);
  training.iterate(inputsOf(setup, 0));
  expect(digestOf(state)).toBe(before);
  training.dispose();
});

test('weights are those of the state, the same tensors until the next iteration, and then new ones', () => {
  const training = tracedTraining(setup);
  const values = () => {
    const state = training.read();
    for (const [name, tensor] of Object.entries(training.weights('generator'))) {
      expect(valuesOf(tensor)).toEqual(state.get(`generator/weights/${name}`));
    }
    return training.weights('generator');
  };
  const first = values();
  expect(training.weights('generator')).toBe(first);
  training.iterate(inputsOf(setup, 0));
  expect(values()).not.toBe(first);
  expect(Object.values(first).every((tensor) => tensor.isDisposed)).toBe(true);
  training.dispose();
});

test('two graphs in one process have variables of their own', () => {
  const [one, other] = [tracedTraining(setup), tracedTraining(setup)];
  const before = digestOf(other.read());
  one.iterate(inputsOf(setup, 0));
  expect(digestOf(other.read())).toBe(before);
  one.dispose();
  other.dispose();
});

test('neither TensorFlow.js nor the library keeps tensors of iterations, of weights that were read, or of a graph', () => {
  const library = tf.backend() as unknown as { getNumOfTFTensors: () => number };
  const count = () => [tf.memory().numTensors, library.getNumOfTFTensors()];
  const before = count();
  const training = tracedTraining(setup);
  training.iterate(inputsOf(setup, 0));
  const held = count();
  for (let i = 0; i < 20; i += 1) {
    training.iterate(inputsOf(setup, i));
    training.weights('critic');
    training.write(training.read());
  }
  expect(count()).toEqual(held);
  training.dispose();
  expect(count()).toEqual(before);
});

test('graphs that are equal are kept once by the library, however often they are loaded', () => {
  const library = required(tensorFlow(), 'TensorFlow’s library');
  const read = (operation: string, path: string) =>
    tf.tidy(() => {
      const [output] = library.executeMultipleOutputs(operation, [], [tf.tensor([path], [], 'string')], 1);
      return [...required(output, operation).dataSync<'string'>()];
    });
  const kept = () =>
    read('MatchingFiles', 'ram://wassermill/*/*').map((file) => [file, read('ReadFile', file)]);
  tracedTraining(setup).dispose();
  const before = kept();
  expect(before.length).toBeGreaterThan(0);
  const slower = optimizer({ type: 'rmsprop', lr: 1e-9, rho: 0.99, epsilon: 1e-8 });
  const model = { ...setup.model, optimizers: { critic: slower, generator: slower } };
  for (const other of [setup, { ...setup, seed: 99 }, { ...setup, model }]) {
    const training = tracedTraining(other);
    training.iterate(inputsOf(other, 0));
    training.dispose();
  }
  expect(kept()).toEqual(before);
  tracedTraining({ ...setup, batchSize: 7 }).dispose();
  expect(kept()).toHaveLength(before.length + 1);
});

test('a state that lacks a tensor is refused', () => {
  const training = tracedTraining(setup);
  const state = new Map(training.read());
  state.delete('critic/weights/output/bias');
  expect(() => {
    training.write(state);
  }).toThrow('critic/weights/output/bias is missing');
  training.dispose();
});

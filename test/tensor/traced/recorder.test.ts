import { afterEach, expect, test } from 'vitest';

import { required } from '../../../src/base/invariant.js';
import { constant } from '../../../src/tensor/constants.js';
import * as tf from '../../../src/tensor/tf.js';
import { Graph } from '../../../src/tensor/traced/graph.js';
import { record } from '../../../src/tensor/traced/recorder.js';
import { modelOf, useNativeBackend } from '../support.js';
import { tracedTraining } from '../../../src/tensor/traced/traced-training.js';

useNativeBackend();
afterEach(() => {
  // Whatever was thrown meanwhile.
  expect(tf.getBackend()).toBe('tensorflow');
  expect(tf.ones([2]).sum().dataSync()[0]).toBe(2);
});

type Body = (x: tf.Tensor, w: tf.Tensor) => tf.Tensor;
const recorded = (body: Body) =>
  record('a test', new Graph(), { x: [4, 3], 'dense1/weights': [3, 2] }, (inputs) => {
    const { x, 'dense1/weights': w } = inputs as Record<'x' | 'dense1/weights', tf.Tensor>;
    return { y: body(x, w) };
  });

test('operations become nodes that read inputs, constants and one another', () => {
  const graph = new Graph();
  const { nodes, outputs } = record('a test', graph, { x: [4, 3] }, ({ x }) => ({
    y: required(x, 'x').mul(constant(2)).reshape([2, 6]).sum(0),
  }));
  expect(nodes.map(({ op, input }) => [op, ...input])).toEqual([
    ['Mul', '@x', 'constant/0'],
    ['Reshape', nodes[0]?.name, 'constant/1'],
    ['Sum', nodes[1]?.name, 'constant/2'],
  ]);
  expect(outputs['y']).toBe(nodes[2]?.name);
  expect(graph.nodes.map(({ op }) => op)).toEqual(['Const', 'Const', 'Const']);
});

test('nodes are called after the parameter that was used last, so that TensorFlow’s errors name the layer', () => {
  const { nodes } = recorded((x, w) => x.matMul(w as tf.Tensor2D).relu());
  expect(nodes.map(({ name }) => name)).toEqual(['%dense1/weights/MatMul_0', '%dense1/weights/Relu_1']);
});

test.each<{ what: string; body: Body; message: RegExp }>([
  {
    what: 'an operation without a rule',
    body: (x, w) => x.matMul(w as tf.Tensor2D).atan(),
    message: /Recording a test, near dense1\/weights: TensorFlow's Atan has no recording rule/,
  },
  {
    what: 'a number that is not declared',
    body: (x) => x.mul(2),
    message: /near x: input 1 of Mul, float32 \[\], is made of numbers that are not declared a constant/,
  },
  {
    what: 'noise that the step draws itself',
    body: (x) => x.add(tf.randomNormal([4, 3])),
    message: /input 1 of Add, float32 \[4,3\], is made of numbers that are not declared/,
  },
  {
    what: 'a step that depends on a value',
    body: (x) => ((x.sum().dataSync()[0] ?? 0) > 0 ? x : x.neg()),
    message: /a value is read, which has none while it is recorded/,
  },
  {
    what: 'a type that steps do not have',
    body: (x) => x.add(tf.tensor([true]).toFloat()),
    message: /makes a tensor of bool/,
  },
])('$what is an error', ({ body, message }) => {
  expect(() => recorded(body)).toThrow(message);
});

test('a tensor from outside is an error', () => {
  const outside = tf.ones([4, 3]);
  expect(() => recorded((x) => x.add(outside))).toThrow(
    /input 1 of Add, float32 \[4,3\], is a tensor from outside the recording/,
  );
  expect(() => recorded(() => outside)).toThrow(/returns a tensor that it did not compute/);
  const variable = tf.variable(tf.ones([4, 3]));
  expect(() => recorded((x) => x.add(variable))).toThrow(/from outside the recording/);
  tf.dispose([outside, variable]);
});

test('an optimiser without a kernel is refused before anything is computed', () => {
  const model = modelOf();
  const { kernel, ...without } = model.optimizers.critic;
  expect(kernel).toBeDefined();
  const optimizers = { ...model.optimizers, critic: without };
  expect(() =>
    tracedTraining({
      model: { ...model, optimizers },
      criticIterations: 1,
      hasLooseSteps: false,
      batchSize: 4,
      seed: 0,
    }),
  ).toThrow(/this optimiser has no kernel/);
});

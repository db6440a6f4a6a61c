import { beforeAll, expect, test } from 'vitest';

import { eagerTraining } from '../../../src/tensor/eager-training.js';
import type { TensorFlowLibrary } from '../../../src/tensor/library.js';
import * as tf from '../../../src/tensor/tf.js';
import { ruleOf } from '../../../src/tensor/traced/operations.js';
import { everyObjective, modelOf, useNativeBackend } from '../support.js';
import { after, everyNetwork, inputsOf } from './support.js';

useNativeBackend();

/** Operations that steps are made of, and what was wrong with the rules for them. */
const seen = new Map<string, string[]>();

/** All steps as the library computes them, with a look at each operation's inputs and outputs. */
beforeAll(() => {
  const library = tf.backend() as unknown as TensorFlowLibrary;
  const executeSingleOutput = library.executeSingleOutput.bind(library);
  const executeMultipleOutputs = library.executeMultipleOutputs.bind(library);
  const check = (
    operation: string,
    ...rest: [Attributes, readonly tf.TensorInfo[], readonly tf.Tensor[]]
  ) => {
    const problems = seen.get(operation) ?? [];
    seen.set(operation, problems);
    const [attributes, inputs, outputs] = rest;
    const found = ruleOf(operation)?.({
      shapes: inputs.map(({ shape }) => shape),
      integers: (index) => [...(inputs[index] as tf.Tensor).dataSync()],
      attribute: (name) => attributes.find((attribute) => attribute.name === name)?.value ?? NaN,
    });
    const shapes = (of: readonly { readonly shape: readonly number[] }[] = []) =>
      of.map(({ shape }) => `[${shape.join()}]`);
    outputs.forEach((output, index) => {
      // What the library keeps for its own gradient has a size of its own.
      const isItsOwn = operation.startsWith('FusedBatchNorm') && index >= 3;
      const [expected, given] = [shapes([output])[0], shapes(found)[index]];
      if (!isItsOwn && expected !== given) problems.push(`${String(given)} in place of ${String(expected)}`);
    });
  };
  library.executeSingleOutput = (operation, attributes, inputs) => {
    const output = executeSingleOutput(operation, attributes, inputs);
    check(operation, attributes, inputs, [output]);
    return output;
  };
  library.executeMultipleOutputs = (operation, attributes, inputs, count) => {
    const outputs = executeMultipleOutputs(operation, attributes, inputs, count);
    check(operation, attributes, inputs, outputs);
    return outputs;
  };
  for (const networks of everyNetwork) {
    for (const objective of everyObjective) {
      const setup = {
        model: modelOf({ ...networks, objective }),
        criticIterations: 1,
        hasLooseSteps: false,
        batchSize: 6,
        seed: 1,
      };
      after(eagerTraining, setup, [inputsOf(setup, 0)]);
    }
  }
  Object.assign(library, { executeSingleOutput, executeMultipleOutputs });
});

type Attributes = Parameters<TensorFlowLibrary['executeSingleOutput']>[1];

test.each([
  ...['Add', 'BiasAdd', 'BiasAddGrad', 'Cast', 'ConcatV2', 'Conv2D', 'Conv2DBackpropFilter'],
  ...[
    'Conv2DBackpropInput',
    'DepthToSpace',
    'Exp',
    'FusedBatchNormGradV3',
    'FusedBatchNormV3',
    'LeakyRelu',
    'LeakyReluGrad',
  ],
  ...[
    'MatMul',
    'Mean',
    'Mul',
    'Neg',
    'Relu',
    'ReluGrad',
    'Reshape',
    'Sigmoid',
    'Softplus',
    'Slice',
    'SplitV',
    'Sub',
  ],
  ...['Tanh', 'TanhGrad', 'Tile', 'Transpose'],
])('%s: outputs are as large as the rule says', (operation) => {
  expect(seen.get(operation)).toEqual([]);
});

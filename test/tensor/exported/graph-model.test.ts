import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { oneHot } from '../../../src/base/one-hot.js';
import { sizeOf } from '../../../src/base/shape.js';
import { RandomStream } from '../../../src/base/streams.js';
import type { CriticOptions, GeneratorOptions } from '../../../src/networks/architectures.js';
import type { GeneratorCondition } from '../../../src/networks/conditions.js';
import { criticNetwork, generatorNetwork } from '../../../src/tensor/architectures.js';
import { type GraphModel, graphModelOf } from '../../../src/tensor/exported/graph-model.js';
import { initialValues } from '../../../src/tensor/initial-values.js';
import type { Network } from '../../../src/tensor/network.js';
import { spectrallyNormalised } from '../../../src/tensor/spectral-norm.js';
import * as tf from '../../../src/tensor/tf.js';
import { deepNetworks, everyNetwork } from '../traced/support.js';
import { useNativeBackend, valuesOf } from '../support.js';

interface Case {
  readonly options: GeneratorOptions | CriticOptions;
  readonly sample: readonly number[];
  readonly condition?:
    { readonly type: 'embedding'; readonly dimensions: number } | { readonly type: 'norm' } | null;
  readonly classes?: number;
}

const refereed = ['architectures', 'conditional'].flatMap((name) => {
  const { cases } = JSON.parse(readFileSync(`test/fixtures/referees/${name}.json`, 'utf8')) as {
    readonly cases: Readonly<Record<string, Case>>;
  };
  return Object.entries(cases).map(([title, { options, sample, condition, classes }]): [string, Case] => [
    `${name}: ${title}`,
    { options, sample, ...(condition && { condition }), ...(classes !== undefined && { classes }) },
  ]);
});

const trained = [...everyNetwork, ...deepNetworks].flatMap(
  ({ name, shape, generator, critic }): [string, Case][] => [
    [`${name}: generator`, { options: generator, sample: shape }],
    [`${name}: critic`, { options: critic, sample: shape }],
  ],
);

useNativeBackend();

function networkOf({ options, sample, condition, classes = 0 }: Case): Network {
  const told = condition ? ({ classes, ...condition } as GeneratorCondition) : undefined;
  const network = options.type.endsWith('critic')
    ? criticNetwork(options as CriticOptions, sample, classes || undefined)
    : generatorNetwork(options as GeneratorOptions, sample, told);
  if (!network.ok) throw new Error(network.error);
  return network.value;
}

describe.each([...refereed, ...trained])('%s', (_, given) => {
  test('computes the same as a graph model in plain TensorFlow.js, in batches of any size', async () => {
    await expectSame(networkOf(given), given.classes);
  });
});

test('a critic under spectral norm is a graph model that divides by what its directions say', async () => {
  const critic = networkOf({ options: { type: 'dcgan_critic', ndf: 4, norm: 'none' }, sample: [16, 16, 3] });
  await expectSame(spectrallyNormalised(critic, { bound: 1, powerIterations: 1 }));
});

async function expectSame(network: Network, classes?: number): Promise<void> {
  const values = drawn(network);
  const model = graphModelOf(network, { input: 'samples', output: 'scores' }, classes);
  if (model === undefined) throw new Error('this backend records');
  const batches = [1, 4, 7].map((size, index) => ({
    size,
    samples: normal(size * sizeOf(network.inputShape), index),
    labels: Int32Array.from({ length: size }, (_, at) => at % (classes ?? 1)),
  }));
  const expected = batches.map(({ size, samples, labels }) =>
    tf.tidy(() => {
      const weights = Object.fromEntries(
        [...values].map(([name, { data, shape }]) => [name, tf.tensor(data, shape)]),
      );
      const told = classes === undefined ? undefined : tf.tensor(oneHot(labels, classes), [size, classes]);
      return valuesOf(network.forward(weights, tf.tensor(samples, [size, ...network.inputShape]), told));
    }),
  );
  await tf.setBackend('cpu');
  try {
    const loaded = await load(model, values);
    for (const [index, { size, samples, labels }] of batches.entries()) {
      const output = loaded.predict({
        samples: tf.tensor(samples, [size, ...network.inputShape]),
        ...(classes !== undefined && { classes: tf.tensor(oneHot(labels, classes), [size, classes]) }),
      }) as tf.Tensor;
      expect(output.shape).toEqual([size, ...network.outputShape]);
      const found = valuesOf(output);
      const largest = Math.max(...(expected[index] ?? []).map(Math.abs));
      const error = Math.max(...found.map((value, at) => Math.abs(value - (expected[index]?.[at] ?? NaN))));
      expect(error).toBeLessThan(1e-5 * Math.max(1, largest));
    }
    loaded.dispose();
  } finally {
    await tf.setBackend('tensorflow');
  }
}

interface Values {
  readonly data: Float32Array;
  readonly shape: number[];
}

/** No weight is 0 or 1, as those of norms and biases are at first. */
function drawn({ parameters, buffers = [] }: Network): ReadonlyMap<string, Values> {
  return new Map(
    [...parameters, ...buffers].map((parameter, index) => {
      const noise = normal(sizeOf(parameter.shape), index);
      const data = initialValues(parameter, 1, 'critic').map((value, at) => value + 0.1 * (noise[at] ?? 0));
      return [parameter.name, { data, shape: [...parameter.shape] }];
    }),
  );
}

const normal = (count: number, seed: number): Float32Array =>
  new RandomStream({ seed, purpose: 'test' }).normal(count);

async function load(
  { modelTopology, signature, constants }: GraphModel,
  values: ReadonlyMap<string, Values>,
): Promise<tf.GraphModel> {
  const weights = [
    ...[...values].map(([name, { data, shape }]) => ({ name, shape, dtype: 'float32' as const, data })),
    ...Object.entries(constants).map(([name, constant]) => ({
      name,
      shape: [...constant.shape],
      dtype: constant.values instanceof Int32Array ? ('int32' as const) : ('float32' as const),
      data: constant.values,
    })),
  ];
  const data = Buffer.concat(
    weights.map(({ data: { buffer, byteOffset, byteLength } }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    ),
  );
  return await tf.loadGraphModel(
    tf.io.fromMemory({
      format: 'graph-model',
      modelTopology,
      signature,
      weightSpecs: weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
      weightData: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength),
    }),
  );
}

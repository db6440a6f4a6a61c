import { describe, expect, test } from 'vitest';

import { required } from '../../../src/base/invariant.js';
import { RandomStream } from '../../../src/base/streams.js';
import { slicedWasserstein, unitDirections } from '../../../src/metrics/sliced-wasserstein.js';
import { eagerTraining } from '../../../src/tensor/eager-training.js';
import { tensorFlow } from '../../../src/tensor/library.js';
import { optimizer } from '../../../src/tensor/optimizers.js';
import { sampleGenerator } from '../../../src/tensor/sampling.js';
import { withBfloat16Products } from '../../../src/tensor/traced/bfloat16.js';
import { instantiate } from '../../../src/tensor/traced/fragment.js';
import { Graph } from '../../../src/tensor/traced/graph.js';
import { record } from '../../../src/tensor/traced/recorder.js';
import { Session } from '../../../src/tensor/traced/session.js';
import { tracedTraining, trainingGraph } from '../../../src/tensor/traced/traced-training.js';
import { Trainer } from '../../../src/tensor/trainer.js';
import type { Precision, TrainingSetup } from '../../../src/tensor/training.js';
import { digestOf, modelOf, recordedSamples, useNativeBackend } from '../support.js';
import { everyNetwork, inputsOf } from './support.js';

useNativeBackend();

const lr = 0.01;
const setupOf = (networks: Parameters<typeof modelOf>[0], precision: Precision): TrainingSetup => ({
  model: modelOf({ ...networks, optimizer: optimizer({ type: 'sgd', lr, momentum: 0, nesterov: false }) }),
  criticIterations: 1,
  hasLooseSteps: true,
  batchSize: 16,
  precision,
  seed: 4,
});

/** DT_BFLOAT16 in types.proto. */
const bfloat16 = 14;
const isProduct = (op: string) => /^(MatMul|Conv2D.*)$/.test(op);

describe.each(everyNetwork)('$name', (networks) => {
  test('every product is one of bfloat16, and nothing else is', () => {
    const { nodes } = trainingGraph(setupOf(networks, 'bfloat16')).graph;
    const typed = nodes.filter(({ op }) => op !== 'Cast').map(({ op, attr }) => [op, attr['T']] as const);
    expect(typed.filter(([op]) => isProduct(op)).length).toBeGreaterThan(10);
    for (const [op, type] of typed) {
      if (isProduct(op)) expect(type, op).toEqual({ type: bfloat16 });
      else expect(type, op).not.toEqual({ type: bfloat16 });
    }
    const plain = trainingGraph(setupOf(networks, 'float32')).graph.nodes;
    expect(JSON.stringify(plain)).not.toContain(`{"type":${bfloat16}}`);
  });

  test('gradients are as near to those of float32 as if its inputs and weights had been rounded', () => {
    const [float, rounded] = [gradients(networks, 'float32'), gradients(networks, 'bfloat16')];
    expect(digestOf(gradients(networks, 'bfloat16'))).toBe(digestOf(rounded));
    const disturbed = gradients(networks, 'float32', toBfloat16);
    for (const role of ['critic', 'generator'] as const) {
      const error = distance(role, float, rounded);
      // Every product rounds, forwards and backwards, and not the first alone.
      expect(error, role).toBeLessThan(10 * distance(role, float, disturbed));
      expect(error, role).toBeGreaterThan(distance(role, float, disturbed) / 4);
    }
  });
});

/** The nearest number of bfloat16, or the even one of two: the upper half of a float32. */
function toBfloat16(values: Float32Array): Float32Array {
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  return new Float32Array(bits.map((b) => (b + 0x7fff + ((b >>> 16) & 1)) & 0xffff0000).buffer);
}

/** Of one iteration from the initial weights, all that goes into it being changed before. */
function gradients(
  networks: Parameters<typeof modelOf>[0],
  precision: Precision,
  change = (values: Float32Array) => values,
): ReadonlyMap<string, Float32Array> {
  const setup = setupOf(networks, precision);
  const { critic, generator } = inputsOf(setup, 0);
  const training = tracedTraining(setup);
  const before = new Map([...training.read()].map(([name, values]) => [name, change(values)]));
  training.write(before);
  training.iterate({
    critic: critic.map((step) => ({ ...step, real: change(step.real), latent: change(step.latent) })),
    generator: { ...generator, latent: change(generator.latent) },
  });
  const end = training.read();
  training.dispose();
  return new Map(
    [...before].map(([name, values]) => [
      name,
      values.map((value, i) => (value - (end.get(name)?.[i] ?? NaN)) / lr),
    ]),
  );
}

/** Euclidean, of a network's gradients, relative to the first's length. */
function distance(
  role: 'critic' | 'generator',
  a: ReadonlyMap<string, Float32Array>,
  b: ReadonlyMap<string, Float32Array>,
): number {
  let [errors, squares] = [0, 0];
  for (const [name, values] of a) {
    if (!name.startsWith(role)) continue;
    values.forEach((value, index) => {
      errors += (value - (b.get(name)?.[index] ?? NaN)) ** 2;
      squares += value ** 2;
    });
  }
  return Math.sqrt(errors / squares);
}

test('inputs are rounded to 8 bits, and sums are not', () => {
  const graph = new Graph();
  const size = 1000;
  const product = record('a product', graph, { a: [1, size], b: [size, 1] }, ({ a, b }) => ({
    product: required(a, 'a').matMul(required(b, 'b')),
  }));
  const inputs = { a: graph.placeholder('a', [1, size]), b: graph.placeholder('b', [size, 1]) };
  const outputs = [product, withBfloat16Products(product)].map((fragment, index) =>
    required(instantiate(graph, fragment, `product${index}`, inputs)['product'], 'a product'),
  );
  const session = new Session(required(tensorFlow(), 'TensorFlow’s library'), graph.nodes);
  // 1 + 2^-9 is halfway to the next number of bfloat16, and so 1. Ones summed in bfloat16 come to 256, not further.
  const feeds = [
    { name: 'a', shape: [1, size], values: new Float32Array(size).fill(1 + 2 ** -9) },
    { name: 'b', shape: [size, 1], values: new Float32Array(size).fill(1) },
  ];
  const [float, rounded] = outputs.map((output) => session.number(feeds, output));
  session.dispose();
  expect(float).toBeCloseTo(size * (1 + 2 ** -9), 2);
  expect(rounded).toBe(size);
});

test('kernel by kernel there is no bfloat16', () => {
  expect(() => eagerTraining(setupOf({}, 'bfloat16'))).toThrow('bfloat16 needs a graph');
});

/** Of samples after so many iterations to the data. */
async function distances(
  shape: readonly number[],
  data: Float32Array,
  model: Parameters<typeof modelOf>[0],
  iterations: number,
) {
  const trained = modelOf({ ...model, shape });
  const trainer = new Trainer(trained, recordedSamples(shape, data), {
    criticIterations: { type: 'constant', count: 5 },
    batchSize: 64,
    precision: 'bfloat16',
    seed: 1,
  });
  const size = shape.reduce((a, b) => a * b);
  const directions = unitDirections(new RandomStream({ seed: 1, purpose: 'look' }).normal(32 * size), size);
  const distance = async () => {
    const noise = { seed: 1, purpose: 'test' };
    const { values } = await sampleGenerator(trained.generator, trainer.weights('generator'), {
      noise,
      count: 256,
    });
    const [generated, real] = [values, data.subarray(0, 256 * size)].map((samples) => ({
      values: samples,
      count: 256,
      dimensions: size,
    }));
    const found = slicedWasserstein(required(generated, 'samples'), required(real, 'samples'), directions);
    if (!found.ok) throw new Error('these can be compared');
    return found.value;
  };
  const untrained = await distance();
  for (let i = 0; i < iterations; i += 1) trainer.iterate();
  const end = await distance();
  trainer.dispose();
  return { untrained, end };
}

describe('a training in bfloat16 learns', () => {
  test('a ring of 8 Gaussians', async () => {
    const ring = new RandomStream({ seed: 9, purpose: 'ring' }).normal(2 * 4096).map((noise, index) => {
      const angle = (2 * Math.PI * (index >> 1)) / 8;
      return 2 * (index % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + 0.05 * noise;
    });
    const { untrained, end } = await distances([2], ring, { clip: [-0.1, 0.1] }, 200);
    expect(end).toBeLessThan(untrained / 2);
  });

  test('strokes on a dark ground, by convolutions', async () => {
    const side = 16;
    const stream = new RandomStream({ seed: 3, purpose: 'strokes' });
    const strokes = Float32Array.from({ length: 256 * side * side }).fill(-1);
    for (let image = 0; image < 256; image += 1) {
      const [column, top] = [5 + stream.integerBelow(6), 2 + stream.integerBelow(4)];
      for (let row = top; row < top + 9; row += 1) strokes[(image * side + row) * side + column] = 1;
    }
    const networks = {
      generator: { type: 'dcgan_generator', z_dim: 16, ngf: 8, norm: 'batch' },
      critic: { type: 'dcgan_critic', ndf: 8, norm: 'batch' },
      clip: [-0.1, 0.1],
    } as const;
    const { untrained, end } = await distances([side, side, 1], strokes, networks, 100);
    expect(end).toBeLessThan(0.6 * untrained);
  });
});

import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { RandomStream } from '../../src/base/streams.js';
import type { CriticOptions, GeneratorOptions } from '../../src/networks/architectures.js';
import { eagerTraining, type TrainingSteps } from '../../src/tensor/eager-training.js';
import { optimizer } from '../../src/tensor/optimizers.js';
import { sampleGenerator } from '../../src/tensor/sampling.js';
import { criticStep, generatorStep } from '../../src/tensor/steps.js';
import * as tf from '../../src/tensor/tf.js';
import { Trainer, type TrainerOptions } from '../../src/tensor/trainer.js';
import type { StartTraining } from '../../src/tensor/training.js';
import { compiledSources, runScript } from '../files/support.js';
import {
  digestOf,
  mlpCritic,
  mlpGenerator,
  modelOf,
  recordedSamples,
  useNativeBackend,
  valuesOf,
} from './support.js';
import { pinToOneCore, trainingScript, trainingSources } from './training-script.js';

useNativeBackend();

const clip = [-0.05, 0.05] as const;
const options: TrainerOptions = { criticIterations: { type: 'constant', count: 3 }, batchSize: 16, seed: 11 };
const points = (count: number) => new RandomStream({ seed: 2, purpose: 'points' }).normal(2 * count);

/** The real steps, and a list of what was done. */
function watchedSteps() {
  const log: { role: 'critic' | 'generator'; latent: string }[] = [];
  const ranges: number[] = [];
  const steps: TrainingSteps = {
    critic: (model, state, inputs) => {
      const loss = criticStep(model, state, inputs);
      log.push({ role: 'critic', latent: valuesOf(inputs.latent).join() });
      for (const weight of Object.values(state.critic.weights)) {
        ranges.push(Math.max(...valuesOf(weight).map(Math.abs)));
      }
      return loss;
    },
    generator: (model, state, inputs) => {
      log.push({ role: 'generator', latent: valuesOf(inputs.latent).join() });
      return generatorStep(model, state, inputs);
    },
  };
  return { log, ranges, steps };
}

describe('Algorithm 1', () => {
  const { log, ranges, steps } = watchedSteps();
  const samples = recordedSamples([2], points(100));
  beforeAll(() => {
    const start: StartTraining = (setup) => eagerTraining(setup, steps);
    const trainer = new Trainer(modelOf({ clip }), samples, options, start);
    for (let i = 0; i < 4; i += 1) trainer.iterate();
    trainer.dispose();
  });

  test('takes n_critic critic steps, then one generator step', () => {
    expect(log.map(({ role }) => role.charAt(0)).join('')).toBe('cccgcccgcccgcccg');
  });

  test('every critic weight is inside the range after each critic step, and some at its end', () => {
    expect(ranges).toHaveLength(4 * 3 * 6);
    expect(Math.max(...ranges)).toBe(Math.fround(clip[1]));
  });

  test('noise is fresh in every step of either kind', () => {
    expect(new Set(log.map(({ latent }) => latent)).size).toBe(log.length);
  });

  test('real samples are fresh in every critic step: each once in an epoch, in another order in the next', () => {
    expect(samples.asked).toHaveLength(4 * 3);
    // 100 samples are 6 batches of 16; 4 are left out.
    const [first, second] = [samples.asked.slice(0, 6).flat(), samples.asked.slice(6, 12).flat()];
    expect(new Set(first).size).toBe(6 * 16);
    expect(new Set(second).size).toBe(6 * 16);
    expect(first).not.toEqual(second);
  });
});

const dcgan = {
  shape: [16, 16, 1],
  generator: { type: 'dcgan_generator', z_dim: 8, ngf: 4, norm: 'batch' } satisfies GeneratorOptions,
  critic: { type: 'dcgan_critic', ndf: 4, norm: 'batch' } satisfies CriticOptions,
} as const;

/** Wide enough that its products are shared among threads. */
const wideMlp = {
  shape: [2],
  generator: { ...mlpGenerator, hidden: [256, 256] },
  critic: { ...mlpCritic, hidden: [256, 256] },
} as const;

/** Meanwhile two processes a core do nothing but compute. */
async function amidBusyProcesses<T>(body: () => Promise<T>): Promise<T> {
  const busy = Array.from({ length: 2 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  try {
    return await body();
  } finally {
    for (const child of busy) child.kill('SIGKILL');
  }
}

function trained(model: Parameters<typeof modelOf>[0], seed: number, iterations: number): string {
  const shape = model?.shape ?? [2];
  const values = new RandomStream({ seed: 2, purpose: 'data' }).normal(64 * shape.reduce((a, b) => a * b));
  const trainer = new Trainer(modelOf({ ...model, clip }), recordedSamples(shape, values), {
    ...options,
    seed,
  });
  for (let i = 0; i < iterations; i += 1) trainer.iterate();
  const digest = digestOf(trainer.save().tensors);
  trainer.dispose();
  return digest;
}

describe('the same seed', () => {
  test.each([
    ['mlp', {}],
    ['dcgan', dcgan],
  ])('gives the same bits, and another seed others (%s)', (_, model) => {
    const digest = trained(model, 5, 6);
    expect(trained(model, 5, 6)).toBe(digest);
    expect(trained(model, 6, 6)).not.toBe(digest);
  });

  describe('in other processes', () => {
    let dist: string;
    beforeAll(async () => {
      dist = await compiledSources(trainingSources);
    });
    afterAll(() => rm(dist, { recursive: true, force: true }));

    test.each([
      ['mlp', wideMlp],
      ['dcgan', dcgan],
    ])('gives the same bits, also on one core, and where others take the cores (%s)', async (_, model) => {
      const here = trained(model, 5, 6);
      const script = trainingScript('native', { ...model, clip, ...options, seed: 5, iterations: 6 });
      const [there, pinned, busy] = await Promise.all([
        runScript(dist, script),
        runScript(dist, `${pinToOneCore}\n${script}`),
        amidBusyProcesses(() => runScript(dist, script)),
      ]);
      for (const { stdout, stderr } of [there, pinned, busy]) expect(stdout, stderr).toContain(`"${here}"`);
    });
  });

  test('gives two architectures the weights that they have in common', () => {
    const weights = (norm: 'none' | 'batch') => {
      const model = modelOf({ ...dcgan, critic: { ...dcgan.critic, norm } });
      const trainer = new Trainer(model, recordedSamples([16, 16, 1], new Float32Array(16 * 256)), options);
      return trainer.weights('critic');
    };
    const [without, with_] = [weights('none'), weights('batch')];
    for (const name of ['conv1/filters', 'conv2/filters', 'output/weights']) {
      expect(valuesOf(required(with_[name], name))).toEqual(valuesOf(required(without[name], name)));
    }
  });
});

test.each([
  ['mlp', {}, 100],
  ['dcgan', dcgan, 100],
])('no tensor is leaked in 100 generator iterations (%s)', (_, model, iterations) => {
  const shape = 'shape' in model ? model.shape : [2];
  const before = tf.memory().numTensors;
  const values = new Float32Array(16 * shape.reduce<number>((a, b) => a * b, 1)).fill(0.5);
  const trainer = new Trainer(modelOf({ ...model, clip }), recordedSamples(shape, values), options);
  const held = tf.memory().numTensors;
  for (let i = 0; i < iterations; i += 1) trainer.iterate();
  expect(tf.memory().numTensors).toBe(held);
  trainer.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

describe('beside weights', () => {
  const sgd = optimizer({ type: 'sgd', lr: 0.1, momentum: 0, nesterov: false });
  const start = (rest: Partial<TrainerOptions>, model: Parameters<typeof modelOf>[0] = {}) =>
    new Trainer(modelOf({ optimizer: sgd, ...model }), recordedSamples([2], points(100)), {
      ...options,
      ...rest,
    });
  const copyOf = (trainer: Trainer, of: 'generator' | 'critic' | 'average') =>
    Object.values(trainer.weights(of)).flatMap((weight) => [...valuesOf(weight)]);

  test.each(['generator', 'critic'] as const)('a factor is of the %s’s learning rate alone', (role) => {
    const other = role === 'generator' ? 'critic' : 'generator';
    const told: number[] = [];
    const trainer = start({
      rateFactor: (of, step) => {
        if (of !== role) return 1;
        told.push(step);
        return step === 0 ? 0 : 1;
      },
    });
    const [before, others] = [copyOf(trainer, role), copyOf(trainer, other)];
    trainer.iterate();
    expect(copyOf(trainer, role)).toEqual(before);
    expect(copyOf(trainer, other)).not.toEqual(others);
    trainer.iterate();
    expect(copyOf(trainer, role)).not.toEqual(before);
    expect(new Set(told)).toEqual(new Set([0, 1]));
    trainer.dispose();
  });

  test('the average follows the generator by its decay, from the step on that it starts at', () => {
    const decay = 0.9;
    const trainer = start({}, { average: { decay, start: 2 } });
    let expected: readonly number[] = copyOf(trainer, 'average');
    expect(expected).toEqual(copyOf(trainer, 'generator'));
    for (let step = 0; step < 5; step += 1) {
      trainer.iterate();
      const weights = copyOf(trainer, 'generator');
      const share = step < 2 ? 1 : 1 - decay;
      expected = expected.map((mean, index) => mean + share * ((weights[index] ?? NaN) - mean));
      const found = copyOf(trainer, 'average');
      expect(found).toHaveLength(expected.length);
      found.forEach((value, index) => expect(value).toBeCloseTo(expected[index] ?? NaN, 5));
    }
    trainer.dispose();
  });
});

/** Mean over directions of the 1-D Wasserstein-1 distance of the projections; equal counts. */
function slicedWasserstein(a: Float32Array, b: Float32Array): number {
  const directions = 32;
  let sum = 0;
  for (let k = 0; k < directions; k += 1) {
    const [x, y] = [Math.cos((Math.PI * k) / directions), Math.sin((Math.PI * k) / directions)];
    const projected = (points: Float32Array) =>
      Float32Array.from({ length: points.length / 2 }, (_, i) => {
        return x * (points[2 * i] ?? NaN) + y * (points[2 * i + 1] ?? NaN);
      }).sort();
    const [pa, pb] = [projected(a), projected(b)];
    sum += pa.reduce((total, value, i) => total + Math.abs(value - (pb[i] ?? NaN)), 0) / pa.length;
  }
  return sum / directions;
}

test('a WGAN learns a ring of 8 Gaussians', async () => {
  const stream = new RandomStream({ seed: 9, purpose: 'ring' });
  const ring = stream.normal(2 * 4096).map((noise, index) => {
    const angle = (2 * Math.PI * (index >> 1)) / 8;
    return 2 * (index % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + 0.05 * noise;
  });
  const model = modelOf({ clip: [-0.1, 0.1] });
  const trainer = new Trainer(model, recordedSamples([2], ring), {
    criticIterations: { type: 'constant', count: 5 },
    batchSize: 64,
    seed: 1,
  });
  const distance = async () => {
    const noise = { seed: 1, purpose: 'test' };
    const weights = trainer.weights('generator');
    const { values } = await sampleGenerator(model.generator, weights, { noise, count: 1024 });
    return slicedWasserstein(values, ring.subarray(0, 2048));
  };
  const untrained = await distance();
  for (let i = 0; i < 200; i += 1) trainer.iterate();
  expect(await distance()).toBeLessThan(untrained / 2);
  trainer.dispose();
});

import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { oneHot } from '../../src/base/one-hot.js';
import type { CriticOptions, GeneratorOptions } from '../../src/networks/architectures.js';
import { criticNetwork, generatorNetwork } from '../../src/tensor/architectures.js';
import { eagerTraining } from '../../src/tensor/eager-training.js';
import { gradientPenalty, penaltyOf } from '../../src/tensor/gradient-penalty.js';
import { lossAndGradients } from '../../src/tensor/loss-and-gradients.js';
import type { Network } from '../../src/tensor/network.js';
import { optimizer } from '../../src/tensor/optimizers.js';
import { spectrallyNormalised } from '../../src/tensor/spectral-norm.js';
import { stateNames, weightName } from '../../src/tensor/state.js';
import { StepInputs } from '../../src/tensor/step-inputs.js';
import * as tf from '../../src/tensor/tf.js';
import { tracedTraining } from '../../src/tensor/traced/traced-training.js';
import {
  errorOf,
  expectGradients,
  expectParameters,
  type Gradients,
  type Numbers,
  type RefereedCase,
  weightsOf,
} from './refereed.js';
import {
  initialWeights,
  mlpCritic,
  modelOf,
  recordedSamples,
  useNativeBackend,
  valuesOf,
} from './support.js';

type ToldBy = { readonly type: 'embedding'; readonly dimensions: number } | { readonly type: 'norm' };

/** Written by scripts/referees/conditional.py. */
interface Case extends RefereedCase<(GeneratorOptions & { readonly z_dim: number }) | CriticOptions> {
  /** Of a generator. */
  readonly condition: ToldBy | null;
  readonly classes: number;
  readonly labels: Numbers;
}

interface TrainingCase {
  readonly generator: GeneratorOptions;
  readonly critic: CriticOptions;
  readonly sample: Numbers;
  readonly batch: number;
  readonly classes: number;
  readonly lambda: number;
  readonly adam: {
    readonly lr: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly epsilon: number;
  };
  readonly before: Readonly<Record<'generator' | 'critic', Gradients>>;
  readonly after: Readonly<Record<'generator' | 'critic', Gradients>>;
  readonly iterations: readonly {
    readonly critic: {
      readonly real: Numbers;
      readonly latent: Numbers;
      readonly mix: Numbers;
      readonly labels: Numbers;
      readonly loss: number;
      readonly penalty: number;
    };
    readonly generator: { readonly latent: Numbers; readonly labels: Numbers };
  }[];
}

const referee = JSON.parse(readFileSync('test/fixtures/referees/conditional.json', 'utf8')) as {
  readonly cases: Readonly<Record<string, Case>>;
  readonly training: TrainingCase;
};

useNativeBackend();

const told = (labels: Numbers, classes: number) =>
  tf.tensor(oneHot(Int32Array.from(labels), classes), [labels.length, classes]);

const twoSided = required(
  penaltyOf({ type: 'gradient_penalty', lambda: 10, form: 'two_sided' }),
  'a penalty',
);

function networkOf({ options, sample, condition, classes }: Case): Network {
  const network =
    'z_dim' in options
      ? generatorNetwork(options, sample, { classes, ...required(condition ?? undefined, 'a condition') })
      : criticNetwork(options, sample, classes);
  if (!network.ok) throw new Error(network.error);
  return network.value;
}

describe.each(Object.entries(referee.cases))('%s, against PyTorch in float64', (_, given) => {
  test('has its parameters, outputs, and their gradients', () => {
    const network = networkOf(given);
    expectParameters(network, given.weights);
    const input = tf.tensor([...given.input], [given.batch, ...network.inputShape]);
    const coefficients = tf.tensor([...given.coefficients], [given.batch, ...network.outputShape]);
    const weights = weightsOf(network, given.weights);
    const classes = told(given.labels, given.classes);
    expect(errorOf(valuesOf(network.forward(weights, input, classes)), given.output)).toBeLessThan(1e-5);
    const { gradients } = lossAndGradients(weights, (values) =>
      network.forward(values, input, classes).mul(coefficients).sum(),
    );
    expectGradients(gradients, given.gradients);
  });
});

const penalised = Object.entries(referee.cases).flatMap(([name, { penalty, ...given }]) =>
  penalty === undefined ? [] : [[name, { ...given, penalty }] as const],
);

test.each(penalised)('%s has the gradient penalty of PyTorch, and the gradients of that', (_, given) => {
  const network = networkOf(given);
  const { fake, mix, value, gradients } = given.penalty;
  const samples = (values: Numbers) => tf.tensor([...values], [given.batch, ...given.sample]);
  const batch = {
    real: samples(given.input),
    fake: samples(fake),
    classes: told(given.labels, given.classes),
    draws: { mix: tf.tensor1d([...mix]) },
  };
  const found = lossAndGradients(weightsOf(network, given.weights), (values) =>
    gradientPenalty(network, values, twoSided, batch),
  );
  expect(Math.abs((valuesOf(found.loss)[0] ?? NaN) - value)).toBeLessThan(1e-5 * Math.max(1, value));
  expectGradients(found.gradients, gradients);
});

describe.each([
  ['kernel by kernel', eagerTraining],
  ['recorded', tracedTraining],
] as const)('three iterations of WGAN-GP %s', (_, start) => {
  test('come to the losses and weights of PyTorch', () => {
    const { adam, batch, classes, ...given } = referee.training;
    const model = modelOf({
      generator: given.generator,
      critic: given.critic,
      shape: given.sample,
      penalty: given.lambda,
      optimizer: optimizer({ type: 'adam', ...adam }),
      classes: new Array<number>(classes).fill(1),
      told: { type: 'norm' },
    });
    const training = start({ model, criticIterations: 1, hasLooseSteps: false, batchSize: batch, seed: 0 });
    const state = new Map(training.read());
    for (const role of ['generator', 'critic'] as const) {
      for (const [name, values] of Object.entries(given.before[role])) {
        state.set(weightName(role, name), Float32Array.from(values));
      }
    }
    expect([...state.keys()].sort()).toEqual([...stateNames(model)].sort());
    training.write(state);
    const floats = (values: Numbers) => Float32Array.from(values);
    const classesOf = (labels: Numbers) => oneHot(Int32Array.from(labels), classes);
    given.iterations.forEach(({ critic, generator }, index) => {
      const losses = training.iterate({
        critic: [
          {
            real: floats(critic.real),
            latent: floats(critic.latent),
            draws: { mix: floats(critic.mix), classes: classesOf(critic.labels) },
            rates: model.optimizers.critic.rates(index + 1),
          },
        ],
        generator: {
          latent: floats(generator.latent),
          draws: { classes: classesOf(generator.labels) },
          rates: model.optimizers.generator.rates(index + 1),
        },
      });
      expect(Math.abs((losses.critic?.critic ?? NaN) - critic.loss)).toBeLessThan(1e-4);
      expect(Math.abs((losses.critic?.penalty ?? NaN) / critic.penalty - 1)).toBeLessThan(1e-4);
    });
    const after = training.read();
    for (const role of ['generator', 'critic'] as const) {
      for (const [name, values] of Object.entries(given.after[role])) {
        expect(errorOf(required(after.get(weightName(role, name)), name), values), name).toBeLessThan(1e-3);
      }
    }
    training.dispose();
  });
});

test('spectral norm divides the vectors of classes, as one matrix, by its largest singular value', () => {
  const plain = criticNetwork(mlpCritic, [2], 3);
  if (!plain.ok) throw new Error(plain.error);
  const normal = spectrallyNormalised(plain.value, { bound: 1, powerIterations: 50 });
  const drawn = initialWeights(plain.value, 'critic');
  const buffers = Object.fromEntries(
    (normal.buffers ?? []).map(({ name, shape }) => [name, tf.randomNormal([...shape])]),
  );
  expect(Object.keys(buffers)).toContain('output/embedding/direction');
  const scaledUp = {
    ...drawn,
    'output/embedding': required(drawn['output/embedding'], 'embedding').mul(100),
  };
  const scoresOf = (weights: Readonly<Record<string, tf.Tensor>>) => {
    const refreshed = { ...weights, ...buffers, ...normal.refresh?.({ ...weights, ...buffers }) };
    return [...valuesOf(normal.forward(refreshed, tf.ones([3, 2]), told([0, 1, 2], 3)))];
  };
  const [before, after] = [scoresOf(drawn), scoresOf(scaledUp)];
  after.forEach((score, index) => expect(score).toBeCloseTo(before[index] ?? NaN, 4));
  expect(new Set(after).size).toBe(3);
});

test('without the classes of samples, a network that is told them refuses, and does not guess', () => {
  const critic = criticNetwork(mlpCritic, [2], 3);
  if (!critic.ok) throw new Error(critic.error);
  const { value } = critic;
  expect(() => value.forward(initialWeights(value, 'critic'), tf.ones([1, 2]))).toThrow(
    'the classes of samples is missing',
  );
});

test('arms that differ in being told classes begin with the same weights in all that they share', () => {
  const [plain, conditional] = [undefined, 3].map((classes) => {
    const critic = criticNetwork(mlpCritic, [2], classes);
    if (!critic.ok) throw new Error(critic.error);
    return initialWeights(critic.value, 'critic');
  });
  for (const [name, weight] of Object.entries(plain ?? {})) {
    expect(valuesOf(required(conditional?.[name], name))).toEqual(valuesOf(weight));
  }
  expect(Object.keys(conditional ?? {})).toHaveLength(Object.keys(plain ?? {}).length + 1);
});

test('classes travel with their samples; those of a generator step are drawn as frequent as in the data', () => {
  const labels = Int32Array.from({ length: 20 }, (_, sample) => Math.max(0, (sample % 4) - 1));
  const values = Float32Array.from({ length: 40 }, (_, place) => labels[Math.floor(place / 2)] ?? NaN);
  const model = modelOf({ classes: [10, 5, 5] });
  const samples = recordedSamples([2], values, labels);
  const inputs = new StepInputs(model, samples, { seed: 1, batchSize: 6 });
  for (const purpose of ['critic', 'ahead', 'probe'] as const) {
    for (let step = 0; step < 7; step += 1) {
      const { real, draws } = inputs.critic(purpose, step);
      const own = Int32Array.from({ length: 6 }, (_, row) => real[2 * row] ?? NaN);
      expect(draws.classes).toEqual(oneHot(own, 3));
    }
  }
  const drawn = [0, 1, 2].map((label) => {
    let count = 0;
    for (let step = 0; step < 200; step += 1) {
      const { classes = [] } = inputs.generator(step).draws ?? {};
      for (let row = 0; row < 6; row += 1) count += classes[3 * row + label] ?? NaN;
    }
    return count;
  });
  // Of 1,200, within 4 standard deviations.
  [600, 300, 300].forEach((expected, label) =>
    expect(Math.abs((drawn[label] ?? NaN) - expected)).toBeLessThan(70),
  );
  expect(inputs.generator(3)).toEqual(inputs.generator(3));
});

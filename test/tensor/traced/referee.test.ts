import { describe, expect, test } from 'vitest';

import { eagerTraining } from '../../../src/tensor/eager-training.js';
import { optimizer } from '../../../src/tensor/optimizers.js';
import { stateNames } from '../../../src/tensor/state.js';
import { tracedTraining } from '../../../src/tensor/traced/traced-training.js';
import type { IterationInputs, IterationLosses, TrainingSetup } from '../../../src/tensor/training.js';
import { modelOf, useNativeBackend } from '../support.js';
import { after, deepNetworks, difference, everyNetwork, basicOptimizers, inputsOf } from './support.js';

useNativeBackend();

const clips = [undefined, [-0.05, 0.04]] as const;
const sgd = { type: 'sgd', lr: 0.1, momentum: 0, nesterov: false } as const;

const setupOf = (model: Parameters<typeof modelOf>[0], criticIterations = 3): TrainingSetup => ({
  model: modelOf(model),
  criticIterations,
  hasLooseSteps: false,
  batchSize: 6,
  seed: 4,
});

/** Rounding, after three iterations in float32. */
const tolerance = 3e-4;

function expectSameLosses(eager: readonly IterationLosses[], traced: readonly IterationLosses[]): void {
  expect(traced).toHaveLength(eager.length);
  eager.forEach(({ critic, generator }, index) => {
    const found = traced[index];
    const scale = 1 + Math.abs(critic?.critic ?? 0) + (critic?.penalty ?? 0);
    expect(Math.abs((found?.generator ?? NaN) - generator)).toBeLessThan(1e-4 * (1 + Math.abs(generator)));
    expect(Object.keys(found?.critic ?? {})).toEqual(Object.keys(critic ?? {}));
    for (const part of ['critic', 'penalty'] as const) {
      const [a = 0, b = 0] = [critic?.[part], found?.critic?.[part]];
      expect(Math.abs(a - b), part).toBeLessThan(1e-4 * scale);
    }
  });
}

describe.each(everyNetwork)('$name: the graph computes what the kernels compute', (networks) => {
  for (const objective of ['wasserstein', 'non_saturating', 'minimax'] as const) {
    for (const options of basicOptimizers) {
      for (const clip of clips) {
        test(`${objective}, ${options.type}, ${clip === undefined ? 'not clipped' : 'clipped'}`, () => {
          const setup = setupOf({
            ...networks,
            objective,
            optimizer: optimizer(options),
            ...(clip && { clip }),
          });
          const inputs = [0, 1, 2].map((draw) => inputsOf(setup, draw));
          const [eager, traced] = [after(eagerTraining, setup, inputs), after(tracedTraining, setup, inputs)];
          expect([...traced.state.keys()]).toEqual(stateNames(setup.model));
          expect([...eager.state.keys()]).toEqual(stateNames(setup.model));
          const { worst, at } = difference(eager.state, traced.state);
          expect(worst, at).toBeLessThan(tolerance);
          expectSameLosses(eager.losses, traced.losses);
        });
      }
    }
  }
});

describe.each(deepNetworks)(
  '$name: the graph computes what the kernels compute',
  ({ name: _, ...networks }) => {
    const adam = { type: 'adam', lr: 1e-4, beta1: 0.5, beta2: 0.9, epsilon: 0.01 } as const;

    test.each([undefined, 1])('with a penalty: %s', (penalty) => {
      const setup = setupOf({ ...networks, optimizer: optimizer(adam), ...(penalty && { penalty }) }, 2);
      const inputs = [0, 1].map((draw) => inputsOf(setup, draw));
      const [eager, traced] = [after(eagerTraining, setup, inputs), after(tracedTraining, setup, inputs)];
      const { worst, at } = difference(eager.state, traced.state);
      expect(worst, at).toBeLessThan(tolerance);
    });
  },
);

/** What a penalty is computed through twice. */
const penalisedCritics = (['none', 'layer'] as const).flatMap(
  (norm) =>
    [
      {
        name: `mlp, norm ${norm}`,
        networks: {
          shape: [3],
          critic: { type: 'mlp_critic', hidden: [32, 9], activation: 'leaky_relu', norm },
        },
      },
      {
        name: `dcgan, norm ${norm}`,
        networks: {
          shape: [16, 8, 3],
          generator: { type: 'dcgan_generator', z_dim: 6, ngf: 5, norm: 'batch' },
          critic: { type: 'dcgan_critic', ndf: 5, norm },
        },
      },
      {
        name: `resnet1d, norm ${norm}`,
        networks: {
          shape: [5, 7],
          generator: { type: 'resnet1d_generator', z_dim: 6, width: 9, blocks: 2 },
          critic: { type: 'resnet1d_critic', width: 9, blocks: 2, norm },
        },
      },
    ] as const,
);

describe.each(penalisedCritics)('$name, with a gradient penalty', ({ networks }) => {
  test.each(basicOptimizers)('$type: the graph computes what the kernels compute', (options) => {
    const setup = setupOf({ ...networks, penalty: 1, optimizer: optimizer(options) });
    const inputs = [0, 1, 2].map((draw) => inputsOf(setup, draw));
    const [eager, traced] = [after(eagerTraining, setup, inputs), after(tracedTraining, setup, inputs)];
    const { worst, at } = difference(eager.state, traced.state);
    expect(worst, at).toBeLessThan(tolerance);
    expectSameLosses(eager.losses, traced.losses);
  });
});

test('a penalty looks where its mix of real and fake says, whatever was recorded', () => {
  const setup = setupOf({ penalty: 10, optimizer: optimizer(sgd) });
  const [first, second] = [inputsOf(setup, 0), inputsOf(setup, 1)];
  const other = {
    ...second,
    critic: second.critic.map((step) => ({
      ...step,
      draws: { mix: (step.draws.mix ?? new Float32Array()).map((m) => 1 - m) },
    })),
  };
  const unchanged = after(tracedTraining, setup, [first, second]).state;
  const traced = after(tracedTraining, setup, [first, other]).state;
  const eager = after(eagerTraining, setup, [first, other]).state;
  expect(difference(eager, traced).worst).toBeLessThan(tolerance);
  expect(difference(unchanged, traced).worst).toBeGreaterThan(2 * tolerance);
});

test.each([1, 2, 7])('with %d critic steps an iteration', (criticIterations) => {
  const setup = setupOf({ clip: [-0.05, 0.05], optimizer: optimizer(sgd) }, criticIterations);
  const inputs = [0, 1].map((draw) => inputsOf(setup, draw));
  const states = [eagerTraining, tracedTraining].map((start) => after(start, setup, inputs).state);
  const [eager, traced] = states as [(typeof states)[0], (typeof states)[0]];
  expect(difference(eager, traced).worst).toBeLessThan(tolerance);
});

/** A copy in which one thing is another. */
type Change = (inputs: IterationInputs) => IterationInputs;
const negated = (values: Float32Array) => values.map((value) => -value);
const changes: readonly { readonly what: string; readonly change: Change }[] = [
  {
    what: 'the critic’s learning rate',
    change: ({ critic, generator }) => ({
      critic: critic.map(({ rates, ...step }) => ({
        ...step,
        rates: { ...rates, stepSize: 3 * rates.stepSize },
      })),
      generator,
    }),
  },
  {
    what: 'the generator’s learning rate',
    change: ({ critic, generator: { latent, rates } }) => ({
      critic,
      generator: { latent, rates: { ...rates, stepSize: 3 * rates.stepSize } },
    }),
  },
  {
    what: 'an epsilon',
    change: ({ critic, generator }) => ({
      critic: critic.map(({ rates, ...step }) => ({ ...step, rates: { ...rates, epsilon: 1 } })),
      generator,
    }),
  },
  ...([0, 1, 2] as const).flatMap((at) =>
    (['real', 'latent'] as const).map((what) => ({
      what: `${what} of critic step ${at}`,
      change: ({ critic, generator }: IterationInputs) => ({
        critic: critic.map((step, k) => (k === at ? { ...step, [what]: negated(step[what]) } : step)),
        generator,
      }),
    })),
  ),
  {
    what: 'the noise of the generator’s step',
    change: ({ critic, generator }) => ({
      critic,
      generator: { ...generator, latent: negated(generator.latent) },
    }),
  },
];

test.each(changes)('$what may be another one after the steps are recorded', ({ change }) => {
  const setup = setupOf({ optimizer: optimizer({ type: 'rmsprop', lr: 0.05, rho: 0.9, epsilon: 0.1 }) });
  const [first, second] = [inputsOf(setup, 0), inputsOf(setup, 1)];
  const unchanged = after(tracedTraining, setup, [first, second]).state;
  const traced = after(tracedTraining, setup, [first, change(second)]).state;
  const eager = after(eagerTraining, setup, [first, change(second)]).state;
  expect(difference(eager, traced).worst).toBeLessThan(tolerance);
  expect(difference(unchanged, traced).worst).toBeGreaterThan(10 * tolerance);
});

import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { RandomStream } from '../../src/base/streams.js';
import type { CriticOptions, LatentGenerator } from '../../src/networks/architectures.js';
import type { ObjectiveOptions } from '../../src/tensor/objectives.js';
import { disposeState, initialState, type NetworkRole, type TrainingState } from '../../src/tensor/state.js';
import { criticStep, generatorStep } from '../../src/tensor/steps.js';
import * as tf from '../../src/tensor/tf.js';
import { everyObjective, gradientRecorder, modelOf, useNativeBackend, valuesOf } from './support.js';

interface Referee {
  readonly cases: Readonly<Record<string, Case>>;
}

type ByName = Readonly<Record<string, readonly number[]>>;

/** Written by scripts/referees/training.py. */
interface Case {
  readonly generator: LatentGenerator;
  readonly critic: CriticOptions;
  readonly shape: readonly number[];
  readonly batch: number;
  readonly real: readonly number[];
  readonly latent: readonly number[];
  readonly weights: Readonly<Record<NetworkRole, ByName>>;
  readonly fake: readonly number[];
  readonly objectives: Readonly<
    Record<string, Readonly<Record<NetworkRole, { readonly loss: number; readonly gradients: ByName }>>>
  >;
}

const referee = JSON.parse(readFileSync('test/fixtures/referees/training_gradients.json', 'utf8')) as Referee;
const nameOf = (objective: ObjectiveOptions) =>
  objective.type === 'f_gan' ? objective.divergence : objective.type;
const combinations = Object.entries(referee.cases).flatMap(([name, given]) =>
  everyObjective.map((objective) => ({ name, given, objective, word: nameOf(objective) })),
);

useNativeBackend();

/** The case's networks, with its weights, and one step of each with an optimiser that only looks. */
function setUp(given: Case, objective: ObjectiveOptions) {
  const model = modelOf({ ...given, objective, optimizer: gradientRecorder });
  const state = initialState(model, 0);
  for (const role of ['generator', 'critic'] as const) {
    const { weights } = state[role];
    expect(Object.keys(weights).sort()).toEqual(Object.keys(given.weights[role]).sort());
    for (const [name, variable] of Object.entries(weights)) {
      variable.assign(tf.tensor([...required(given.weights[role][name], name)], variable.shape));
    }
  }
  const real = tf.tensor([...given.real], [given.batch, ...given.shape]);
  const latent = tf.tensor2d([...given.latent], [given.batch, given.generator.z_dim]);
  return { model, state, real, latent };
}

function loss(role: NetworkRole, { model, state, real, latent }: ReturnType<typeof setUp>): number {
  const rates = model.optimizers[role].rates(1);
  const scalar =
    role === 'critic'
      ? criticStep(model, state, { real, latent, rates, draws: {} }).loss
      : generatorStep(model, state, { latent, rates });
  return required(valuesOf(scalar)[0], 'loss');
}

function recorded(state: TrainingState, role: NetworkRole, name: string): Float32Array {
  return valuesOf(required(state[role].slots[name]?.['gradient'], name)).slice();
}

const largest = (values: Iterable<number>) => Math.max(...Array.from(values, Math.abs));

describe('against PyTorch, in float64', () => {
  test.each(combinations)('$name, $word', ({ given, objective }) => {
    const context = setUp(given, objective);
    const { model, state, latent } = context;
    const fake = valuesOf(model.generator.forward(state.generator.weights, latent));
    expect(largest(fake.map((value, i) => value - (given.fake[i] ?? NaN)))).toBeLessThan(1e-5);

    for (const role of ['critic', 'generator'] as const) {
      const expected = required(given.objectives[nameOf(objective)], 'an objective')[role];
      const size = Math.max(1, Math.abs(expected.loss));
      expect(Math.abs(loss(role, context) - expected.loss)).toBeLessThan(2e-5 * size);
      for (const [name, gradient] of Object.entries(expected.gradients)) {
        const found = recorded(state, role, name);
        expect(found.length).toBe(gradient.length);
        const error = largest(found.map((value, i) => value - (gradient[i] ?? NaN)));
        // The floor is for gradients that are 0 by symmetry, as that of a bias which both expectations share.
        expect(error, `${role} ${name}`).toBeLessThan(1e-4 * Math.max(largest(gradient), 1e-3));
      }
    }
    disposeState(state);
  });
});

describe('against central differences', () => {
  test.each(combinations)('$name, $word', ({ given, objective }) => {
    const context = setUp(given, objective);
    const { state } = context;
    for (const role of ['critic', 'generator'] as const) {
      loss(role, context);
      for (const [name, variable] of Object.entries(state[role].weights)) {
        const gradient = recorded(state, role, name);
        const norm = Math.hypot(...gradient);
        // Along the gradient, where its length shows, and along a random direction, where a wrong turn would.
        for (const direction of [
          gradient,
          new RandomStream({ seed: 1, purpose: name }).normal(gradient.length),
        ]) {
          const unit = direction.map((value) => value / Math.max(Math.hypot(...direction), 1e-12));
          const expected = unit.reduce((sum, value, i) => sum + value * (gradient[i] ?? NaN), 0);
          const found = slope(variable, unit, () => loss(role, context));
          expect(Math.abs(found - expected), `${role} ${name}`).toBeLessThan(0.02 * norm + 2e-3);
        }
      }
    }
    disposeState(state);
  });

  /** (f(w + h u) - f(w - h u)) / 2h; h is a compromise between float32's rounding and the loss's bends. */
  function slope(variable: tf.Variable, unit: Float32Array, f: () => number): number {
    const h = 2e-4;
    const start = variable.clone();
    const [above, below] = [h, -h].map((length) => {
      variable.assign(start.add(tf.tensor(unit, variable.shape).mul(length)));
      return f();
    });
    variable.assign(start);
    return ((above ?? NaN) - (below ?? NaN)) / (2 * h);
  }
});

test('the recording optimiser leaves the weights as they are', () => {
  const given = required(Object.values(referee.cases)[0], 'a case');
  const context = setUp(given, { type: 'wasserstein' });
  const before = loss('critic', context);
  expect(loss('critic', context)).toBe(before);
});

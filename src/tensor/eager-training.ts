import { invariant, required } from '../base/invariant.js';
import { type Drawn, type DrawName, type Draws, drawShapes, type StepKind } from './draws.js';
import { allWeights, disposeState, initialState, readState, writeState } from './state.js';
import { criticLoss, criticStep, generatorStep, type StepLosses } from './steps.js';
import * as tf from './tf.js';
import {
  type CriticInputs,
  criticLossesOf,
  type IterationInputs,
  iterationLossesOf,
  type Training,
  type TrainingSetup,
} from './training.js';

/** The steps to be watched in tests; else Algorithm 1's. */
export interface TrainingSteps {
  readonly critic: typeof criticStep;
  readonly generator: typeof generatorStep;
}

/**
 * Computes kernel by kernel, on any backend. What a recorded graph computes is held to this in tests.
 */
export function eagerTraining(
  { model, criticIterations, batchSize, seed, precision = 'float32' }: TrainingSetup,
  steps: TrainingSteps = { critic: criticStep, generator: generatorStep },
): Training {
  invariant(precision === 'float32', 'bfloat16 needs a graph');
  const state = initialState(model, seed);
  const sample = model.critic.inputShape;
  const latentOf = (values: Float32Array) => tf.tensor(values, [batchSize, ...model.generator.inputShape]);
  const realOf = (values: Float32Array) => tf.tensor(values, [batchSize, ...sample]);
  const drawsOf = (kind: StepKind, drawn: Drawn): Draws => {
    const shapes = drawShapes(model, kind, batchSize);
    return Object.fromEntries(
      Object.entries(drawn).map(([name, values]) => {
        const shape = required(shapes[name as DrawName], name);
        return [name, tf.tensor(values, [...shape])];
      }),
    );
  };

  const critic = ({ real, latent, draws, rates }: CriticInputs) =>
    tf.tidy(() => ({
      ...steps.critic(model, state, {
        real: realOf(real),
        latent: latentOf(latent),
        draws: drawsOf('critic', draws),
        rates,
      }),
    }));
  const generator = ({ latent, draws = {}, ...how }: IterationInputs['generator']) =>
    tf.tidy(() =>
      steps.generator(model, state, {
        ...how,
        latent: latentOf(latent),
        draws: drawsOf('generator', draws),
      }),
    );
  /** The one wait for values. */
  const told = (losses: () => tf.Scalar[]): Float32Array => {
    const values = tf.tidy(() => tf.stack(losses()));
    try {
      return values.dataSync<'float32'>();
    } finally {
      values.dispose();
    }
  };
  const parts = ({ loss, penalty }: StepLosses) => [loss, ...(penalty ? [penalty] : [])];

  return {
    iterate: (inputs) => {
      invariant(inputs.critic.length === criticIterations, 'as many critic steps as the setup says');
      return iterationLossesOf(
        told(() => {
          const all = inputs.critic.map((step, index) => {
            const losses = parts(critic(step));
            if (index + 1 < inputs.critic.length) tf.dispose(losses);
            return losses;
          });
          return [generator(inputs.generator), ...(all.at(-1) ?? [])];
        }),
      );
    },
    criticStep: (inputs) => criticLossesOf(told(() => parts(critic(inputs)))),
    criticLoss: ({ real, latent, draws }) => {
      const weights = { generator: state.generator.weights, critic: allWeights(state.critic) };
      const loss = () =>
        criticLoss(model, weights, {
          real: realOf(real),
          latent: latentOf(latent),
          draws: drawsOf('probe', draws),
        });
      return criticLossesOf(told(() => [loss()])).critic;
    },
    read: () => readState(state),
    write: (values) => {
      writeState(state, values);
    },
    weights: (of) => (of === 'average' ? required(state.average, 'an average') : allWeights(state[of])),
    dispose: () => {
      disposeState(state);
    },
  };
}

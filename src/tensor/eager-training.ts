import { required } from '../base/invariant.js';
import { disposeState, initialState, type NetworkRole, readState, writeState } from './state.js';
import { criticStep, generatorStep } from './steps.js';
import * as tf from './tf.js';
import { lossesOf, type IterationInputs, type Training, type TrainingSetup } from './training.js';

/** The steps to be watched in tests; else Algorithm 1's. */
export interface TrainingSteps {
  readonly critic: typeof criticStep;
  readonly generator: typeof generatorStep;
}

/**
 * Computes kernel by kernel, on any backend. What a recorded graph computes is held to this in tests.
 */
export function eagerTraining(
  { model, batchSize, seed }: TrainingSetup,
  steps: TrainingSteps = { critic: criticStep, generator: generatorStep },
): Training {
  const initial = (role: NetworkRole) =>
    initialState(model[role], model.optimizers[role].slots, { seed, role });
  const state = { generator: initial('generator'), critic: initial('critic') };
  const latentOf = (values: Float32Array) => tf.tensor(values, [batchSize, ...model.generator.inputShape]);

  const critic = ({ real, latent, mix, rates }: IterationInputs['critic'][number]) =>
    tf.tidy(() => ({
      ...steps.critic(model, state, {
        real: tf.tensor(real, [batchSize, ...model.critic.inputShape]),
        latent: latentOf(latent),
        ...(mix && { mix: tf.tensor1d(mix) }),
        rates,
      }),
    }));
  const generator = ({ latent, rates }: IterationInputs['generator']) =>
    tf.tidy(() => steps.generator(model, state, { latent: latentOf(latent), rates }));

  return {
    iterate: (inputs) => {
      const losses = tf.tidy(() => {
        const all = inputs.critic.map((step, index) => {
          const losses = critic(step);
          if (index + 1 < inputs.critic.length)
            tf.dispose(losses.penalty ? [losses.loss, losses.penalty] : losses.loss);
          return losses;
        });
        const { loss, penalty } = required(all.at(-1), 'a critic step');
        // The iteration's one wait for values.
        return tf.stack([loss, generator(inputs.generator), ...(penalty ? [penalty] : [])]).dataSync();
      });
      return lossesOf(losses);
    },
    read: () => readState(state),
    write: (values) => {
      writeState(state, values);
    },
    weights: (role) => state[role].weights,
    dispose: () => {
      disposeState(state);
    },
  };
}

import { required } from '../base/invariant.js';
import { lossAndGradients } from './loss-and-gradients.js';
import { gradientPenalty } from './gradient-penalty.js';
import { clip } from './kernels.js';
import type { Network, Weights } from './network.js';
import type { Objective } from './objectives.js';
import { type Optimizer, applyGradients, type Rates } from './optimizers.js';
import type { NetworkRole, NetworkState, TrainingState } from './state.js';
import * as tf from './tf.js';

/** Everything about a training but its data, its noise and how far it has come. */
export interface AdversarialModel {
  readonly generator: Network;
  readonly critic: Network;
  readonly objective: Objective;
  readonly optimizers: { readonly generator: Optimizer; readonly critic: Optimizer };
  /** Bounds of every critic weight, or undefined: no clipping. */
  readonly clip: readonly [lower: number, upper: number] | undefined;
  /** Lambda of the gradient penalty, or undefined: no penalty. */
  readonly penalty: number | undefined;
}

/** Scalars, of a network before its update. */
export interface StepLosses {
  /** The objective's. */
  readonly loss: tf.Scalar;
  /** Of a critic with a gradient penalty, without the factor lambda. */
  readonly penalty?: tf.Scalar;
}

/** Losses, and the gradients by the weights' names of what is minimised: the loss, and lambda times the penalty. */
export interface LossAndGradients extends StepLosses {
  readonly gradients: Readonly<Record<string, tf.Tensor>>;
}

/** What a critic's step learns from, beside its fakes. */
export interface CriticBatch {
  /** [batch, ...sample shape] */
  readonly real: tf.Tensor;
  /** [batch], uniform in [0, 1): where between real and fake a gradient penalty looks. Given where there is one. */
  readonly mix?: tf.Tensor;
}

/**
 * One update of the critic (lines 3 to 8 of Algorithm 1, arXiv 1701.07875), the clipping after it included.
 *
 * @param latent [batch, z_dim]
 * @returns what it minimises, before the update: scalars that the caller disposes of
 */
export function criticStep(
  model: AdversarialModel,
  state: TrainingState,
  { real, latent, mix, rates }: CriticBatch & { readonly latent: tf.Tensor; readonly rates: Rates },
): StepLosses {
  return tf.tidy(() => {
    // Outside of the function that is differentiated: nothing is propagated back into the generator.
    const fake = model.generator.forward(state.generator.weights, latent);
    const { gradients, ...losses } = criticGradients(model, state.critic.weights, {
      real,
      fake,
      ...(mix && { mix }),
    });
    applyGradients(model.optimizers.critic, state.critic, gradients, rates);
    if (model.clip !== undefined) clipWeights(state.critic, model.clip);
    return { ...losses };
  });
}

/** One update of the generator (lines 10 to 12 of Algorithm 1); see `criticStep`. */
export function generatorStep(
  model: AdversarialModel,
  state: TrainingState,
  { latent, rates }: { readonly latent: tf.Tensor; readonly rates: Rates },
): tf.Scalar {
  return tf.tidy(() => {
    const weights = { generator: state.generator.weights, critic: state.critic.weights };
    const { loss, gradients } = generatorGradients(model, weights, latent);
    applyGradients(model.optimizers.generator, state.generator, gradients, rates);
    return loss;
  });
}

/**
 * What the critic's update follows. Like `generatorGradients` it is made of kernels on its arguments alone, and no
 * value that it computes steers it: run once under a recorder it is a graph.
 */
export function criticGradients(
  { critic: network, objective, penalty: lambda }: AdversarialModel,
  critic: Weights,
  { real, fake, mix }: CriticBatch & { readonly fake: tf.Tensor },
): LossAndGradients {
  const played = lossAndGradients(critic, (weights) => {
    const scores = scoresOfBoth(network, weights, real, fake);
    return objective.criticLoss(scores.real, scores.fake);
  });
  if (lambda === undefined) return played;
  const given = { real, fake, mix: required(mix, 'the mix of real and fake') };
  const penalised = lossAndGradients(critic, (weights) => gradientPenalty(network, weights, given), lambda);
  return {
    loss: played.loss,
    penalty: penalised.loss,
    gradients: sums(played.gradients, penalised.gradients),
  };
}

/** What the generator's update follows: gradients with respect to the generator's weights. */
export function generatorGradients(
  model: AdversarialModel,
  { generator, critic }: Readonly<Record<NetworkRole, Weights>>,
  latent: tf.Tensor,
): LossAndGradients {
  return lossAndGradients(generator, (weights) => {
    const fake = model.generator.forward(weights, latent);
    return model.objective.generatorLoss(model.critic.forward(critic, fake));
  });
}

/**
 * Where no layer couples the samples of a batch, one pass over real and fake together: half the kernels, which is
 * what small networks wait for.
 */
function scoresOfBoth(
  critic: Network,
  weights: Weights,
  real: tf.Tensor,
  fake: tf.Tensor,
): { readonly real: tf.Tensor; readonly fake: tf.Tensor } {
  if (critic.couplesBatch) {
    return { real: critic.forward(weights, real), fake: critic.forward(weights, fake) };
  }
  const scores = critic.forward(weights, tf.concat([real, fake]));
  const [ofReal, ofFake] = tf.split(
    scores,
    [real, fake].map((batch) => batch.shape[0]),
  );
  return { real: required(ofReal, 'scores'), fake: required(ofFake, 'scores') };
}

/**
 * All parameters, batch norm's gamma and beta among them, as the reference code clips `netD.parameters()`.
 * Bounds are rounded to float32.
 */
function clipWeights(critic: NetworkState, [lower, upper]: readonly [number, number]): void {
  for (const weight of Object.values(critic.weights)) weight.assign(clip(weight, lower, upper));
}

/** Of two losses; the second may not depend on all that the first depends on, as a penalty on the last bias. */
function sums(
  a: LossAndGradients['gradients'],
  b: LossAndGradients['gradients'],
): LossAndGradients['gradients'] {
  return Object.fromEntries(
    Object.entries(a).map(([name, gradient]) => {
      const other = b[name];
      return [name, other === undefined ? gradient : gradient.add(other)];
    }),
  );
}

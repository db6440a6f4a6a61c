import { required } from '../base/invariant.js';
import type { ClassCounts } from './classes.js';
import { boundsOf, type Clip, clipOf, type Constraint } from './constraint.js';
import type { DiffAugment } from './diff-augment.js';
import type { Draws } from './draws.js';
import { gradientPenalty, penaltyOf } from './gradient-penalty.js';
import { clip } from './kernels.js';
import { lossAndGradients } from './loss-and-gradients.js';
import type { Network, Weights } from './network.js';
import type { Objective } from './objectives.js';
import { type Optimizer, applyGradients, type Rates } from './optimizers.js';
import { shortened } from './gradient-norm.js';
import {
  allWeights,
  type NetworkRole,
  type NetworkState,
  type TrainingState,
  type Variables,
} from './state.js';
import * as tf from './tf.js';

/** Everything about a training but its data, its noise and how far it has come. */
export interface AdversarialModel {
  readonly generator: Network;
  readonly critic: Network;
  readonly objective: Objective;
  readonly optimizers: { readonly generator: Optimizer; readonly critic: Optimizer };
  readonly constraint: Constraint;
  /** What real and generated samples go through before the critic sees them. */
  readonly augment?: DiffAugment;
  /** Of networks that are told the class of each sample. */
  readonly classes?: ClassCounts;
  /**
   * A moving average of the generator's weights: average += (1 - decay) (weights - average) after each generator step,
   * and the weights themselves before `start` steps are made.
   */
  readonly average?: { readonly decay: number; readonly start: number };
}

/** Scalars, of a network before its update. */
export interface StepLosses {
  /** The objective's. */
  readonly loss: tf.Scalar;
  /** Of a penalised critic, without the penalty's factor. */
  readonly penalty?: tf.Scalar;
}

/** Losses, and the gradients by the weights' names of what is minimised: the loss, and the penalty times its factor. */
export interface LossAndGradients extends StepLosses {
  readonly gradients: Readonly<Record<string, tf.Tensor>>;
}

/** What a critic's step learns from, beside its fakes. */
export interface CriticBatch {
  /** [batch, ...sample shape] */
  readonly real: tf.Tensor;
  /** What penalty and augmentation ask for, and the classes that real and fake samples have alike; see `drawShapes`. */
  readonly draws: Draws;
}

/**
 * One update of the critic (lines 3 to 8 of Algorithm 1, arXiv 1701.07875), clipping included.
 *
 * @param latent [batch, z_dim]
 * @returns what it minimises, before the update: scalars that the caller disposes of
 */
export function criticStep(
  model: AdversarialModel,
  state: TrainingState,
  { latent, rates, ...batch }: CriticBatch & { readonly latent: tf.Tensor; readonly rates: Rates },
): StepLosses {
  return tf.tidy(() => {
    // Outside of the function that is differentiated: nothing is propagated back into the generator.
    const fake = model.generator.forward(state.generator.weights, latent, batch.draws.classes);
    const clip = clipOf(model.constraint);
    if (clip?.when === 'before_step') clipWeights(state.critic, clip);
    for (const [name, value] of Object.entries(model.critic.refresh?.(allWeights(state.critic)) ?? {})) {
      required(state.critic.buffers[name], name).assign(value);
    }
    const { gradients, ...losses } = criticGradients(model, state.critic, { ...batch, fake });
    applyGradients(model.optimizers.critic, state.critic, gradients, rates);
    if (clip?.when === 'after_step') clipWeights(state.critic, clip);
    return { ...losses };
  });
}

/** One update of the generator (lines 10 to 12 of Algorithm 1); see `criticStep`. */
export function generatorStep(
  model: AdversarialModel,
  state: TrainingState,
  {
    latent,
    draws,
    rates,
    averaging,
  }: {
    readonly latent: tf.Tensor;
    readonly draws?: Draws;
    readonly rates: Rates;
    readonly averaging?: number;
  },
): tf.Scalar {
  return tf.tidy(() => {
    const weights = { generator: state.generator.weights, critic: allWeights(state.critic) };
    const { loss, gradients } = generatorGradients(model, weights, { latent, draws });
    applyGradients(model.optimizers.generator, state.generator, gradients, rates);
    if (state.average !== undefined)
      follow(state.average, state.generator.weights, required(averaging, 'a share'));
    return loss;
  });
}

/**
 * What the critic's update follows. Like `generatorGradients` it is made of kernels on its arguments alone, and no
 * value that it computes steers it: run once under a recorder it is a graph.
 */
export function criticGradients(
  model: AdversarialModel,
  critic: Readonly<Record<'weights' | 'buffers', Weights>>,
  given: CriticBatch & { readonly fake: tf.Tensor },
): LossAndGradients {
  const { critic: network, objective, constraint, optimizers } = model;
  // A penalty looks at the critic where the critic looks: at augmented samples, without a derivative through augmentation.
  const batch = { ...given, ...augmented(model, given), classes: given.draws.classes };
  const played = lossAndGradients(critic.weights, (weights) => {
    const scores = scoresOfBoth(network, { ...weights, ...critic.buffers }, batch);
    return objective.criticLoss(scores.real, scores.fake);
  });
  const penalty = penaltyOf(constraint);
  const penalised =
    penalty &&
    lossAndGradients(
      critic.weights,
      (weights) => gradientPenalty(network, { ...weights, ...critic.buffers }, penalty, batch),
      penalty.factor,
    );
  const gradients = penalised ? sums(played.gradients, penalised.gradients) : played.gradients;
  return {
    loss: played.loss,
    ...(penalised && { penalty: penalised.loss }),
    gradients: shortened(gradients, optimizers.critic.maxGradientNorm),
  };
}

/** What the generator's update follows: gradients with respect to the generator's weights. */
export function generatorGradients(
  model: AdversarialModel,
  { generator, critic }: Readonly<Record<NetworkRole, Weights>>,
  { latent, draws }: { readonly latent: tf.Tensor; readonly draws?: Draws | undefined },
): LossAndGradients {
  const { loss, gradients } = lossAndGradients(generator, (weights) => {
    const fake = model.generator.forward(weights, latent, draws?.classes);
    return model.objective.generatorLoss(
      model.critic.forward(critic, seen(model, fake, draws?.augment_fake), draws?.classes),
    );
  });
  return { loss, gradients: shortened(gradients, model.optimizers.generator.maxGradientNorm) };
}

/** What the objective comes to for the critic, without a penalty. */
export function criticLoss(
  model: AdversarialModel,
  weights: Readonly<Record<NetworkRole, Weights>>,
  { real, latent, draws }: CriticBatch & { readonly latent: tf.Tensor },
): tf.Scalar {
  const { generator, critic, objective } = model;
  const fake = generator.forward(weights.generator, latent, draws.classes);
  const batch = { ...augmented(model, { real, fake, draws }), classes: draws.classes };
  const scores = scoresOfBoth(critic, weights.critic, batch);
  return objective.criticLoss(scores.real, scores.fake);
}

/** What the critic sees of a batch. */
function augmented(
  model: AdversarialModel,
  { real, fake, draws }: CriticBatch & { readonly fake: tf.Tensor },
): { readonly real: tf.Tensor; readonly fake: tf.Tensor } {
  return { real: seen(model, real, draws.augment_real), fake: seen(model, fake, draws.augment_fake) };
}

function seen({ augment }: AdversarialModel, samples: tf.Tensor, numbers: tf.Tensor | undefined): tf.Tensor {
  return augment === undefined
    ? samples
    : augment.apply(samples, required(numbers, 'numbers of augmentation'));
}

/**
 * Where no layer couples the samples of a batch, one pass over real and fake together: half the kernels, which is
 * what small networks wait for.
 */
function scoresOfBoth(
  critic: Network,
  weights: Weights,
  {
    real,
    fake,
    classes,
  }: { readonly real: tf.Tensor; readonly fake: tf.Tensor; readonly classes: tf.Tensor | undefined },
): { readonly real: tf.Tensor; readonly fake: tf.Tensor } {
  if (critic.couplesBatch) {
    return {
      real: critic.forward(weights, real, classes),
      fake: critic.forward(weights, fake, classes),
    };
  }
  const ofBoth = classes && tf.concat([classes, classes]);
  const scores = critic.forward(weights, tf.concat([real, fake]), ofBoth);
  const [ofReal, ofFake] = tf.split(
    scores,
    [real, fake].map((batch) => batch.shape[0]),
  );
  return { real: required(ofReal, 'scores'), fake: required(ofFake, 'scores') };
}

function follow(average: Variables, weights: Weights, share: number): void {
  for (const [name, mean] of Object.entries(average)) {
    mean.assign(mean.sub(mean.sub(required(weights[name], name)).mul(share)));
  }
}

/** All parameters, batch norm's gamma and beta among them, as the reference code clips `netD.parameters()`. */
function clipWeights(critic: NetworkState, bounds: Clip): void {
  for (const [name, weight] of Object.entries(critic.weights)) {
    weight.assign(clip(weight, ...boundsOf(bounds, name)));
  }
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

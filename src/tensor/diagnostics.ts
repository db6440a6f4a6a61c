import { boundsOf, clipOf, type Constraint } from './constraint.js';
import { constantOf } from './constants.js';
import { between } from './gradient-penalty.js';
import { euclideanNorm } from './gradient-norm.js';
import type { Network, Weights } from './network.js';
import { required } from '../base/invariant.js';
import { type AdversarialModel, criticGradients, generatorGradients } from './steps.js';
import * as tf from './tf.js';

export type DiagnosticName = 'gradient_norms' | 'weight_norms' | 'clip_saturation' | 'slopes';

/** What a training is looked at with: always the same, so that values differ by the weights alone. */
export interface DiagnosticProbe {
  /** [batch, ...sample shape] */
  readonly real: tf.Tensor;
  /** [batch, z_dim] */
  readonly latent: tf.Tensor;
  /** [batch], uniform in [0, 1). */
  readonly mix: tf.Tensor;
  /** [batch, ...sample shape], uniform in [0, 1). */
  readonly noise: tf.Tensor;
  /** Of the real samples, where networks are told them: [batch, classes], a 1 for each among zeros. */
  readonly classes?: tf.Tensor;
}

/** By metric's name; docs/metrics.md has the formulas. */
type Values = Readonly<Record<string, number>>;

/**
 * How a training stands between two steps. Nothing of it is changed.
 *
 * @param weights All that the networks' `forward` reads.
 */
export function diagnosed(
  model: AdversarialModel,
  weights: Readonly<Record<'generator' | 'critic', Weights>>,
  probe: DiagnosticProbe,
  names: readonly DiagnosticName[],
): Values {
  const parts = names.map((name): Values => {
    switch (name) {
      case 'gradient_norms':
        return gradientNorms(model, weights, probe);
      case 'weight_norms':
        return {
          'weight_norm.critic': normOf(trained(model.critic, weights.critic)),
          'weight_norm.generator': normOf(trained(model.generator, weights.generator)),
        };
      case 'clip_saturation':
        return { clip_saturation: clipSaturation(model.constraint, trained(model.critic, weights.critic)) };
      case 'slopes':
        return slopes(model, weights, probe);
    }
  });
  return Object.assign({}, ...parts) as Values;
}

function gradientNorms(
  model: AdversarialModel,
  weights: Readonly<Record<'generator' | 'critic', Weights>>,
  { real, latent, mix, noise, classes }: DiagnosticProbe,
): Values {
  return tf.tidy(() => {
    const told = classes && { classes };
    const fake = model.generator.forward(weights.generator, latent, classes);
    const critic = {
      weights: trained(model.critic, weights.critic),
      buffers: parametersOf(model.critic.buffers ?? [], weights.critic),
    };
    const ofCritic = criticGradients(unlimited(model), critic, {
      real,
      fake,
      draws: { mix, noise, ...told },
    });
    const ofGenerator = generatorGradients(unlimited(model), weights, { latent, draws: { ...told } });
    return {
      ...normsOf('critic', model.critic, ofCritic.gradients),
      ...normsOf('generator', model.generator, ofGenerator.gradients),
    };
  });
}

/** Of all weights, and of the first and the last matrix or filters: whether gradients vanish on their way. */
function normsOf(role: string, network: Network, gradients: Weights): Values {
  const matrices = network.parameters.filter(({ shape, ofClasses }) => shape.length > 1 && !ofClasses);
  const one = (at: number) =>
    normOf({ gradient: required(gradients[matrices.at(at)?.name ?? ''], 'a gradient') });
  return {
    [`gradient_norm.${role}`]: normOf(gradients),
    [`gradient_norm.${role}.first`]: one(0),
    [`gradient_norm.${role}.last`]: one(-1),
  };
}

/** Gradients as they are, before they are shortened, and of samples as they are, before they are augmented. */
function unlimited({
  optimizers: { generator, critic },
  augment: _,
  ...model
}: AdversarialModel): AdversarialModel {
  const without = ({ maxGradientNorm: _, ...optimizer }: typeof generator) => optimizer;
  return { ...model, optimizers: { generator: without(generator), critic: without(critic) } };
}

function normOf(tensors: Weights): number {
  return valueOf(() => euclideanNorm(Object.values(tensors)));
}

/** The share of the critic's weights that lie at a bound. */
function clipSaturation(constraint: Constraint, weights: Weights): number {
  const clip = required(clipOf(constraint), 'a clip range');
  let [atBound, all] = [0, 0];
  for (const [name, weight] of Object.entries(weights)) {
    const [lower, upper] = boundsOf(clip, name).map(Math.fround);
    for (const value of weight.dataSync<'float32'>()) {
      all += 1;
      if (value === lower || value === upper) atBound += 1;
    }
  }
  return atBound / all;
}

/** |grad f(x)| at points between real and fake samples, as a gradient penalty looks at. */
function slopes(
  { generator, critic }: AdversarialModel,
  weights: Readonly<Record<'generator' | 'critic', Weights>>,
  { real, latent, mix, classes }: DiagnosticProbe,
): Values {
  const norms = tf.tidy(() => {
    const fake = generator.forward(weights.generator, latent, classes);
    const points = between({ real, fake, draws: { mix } });
    const gradients = tf.grad((x) => critic.forward(weights.critic, x, classes))(
      points,
      constantOf([points.shape[0], 1], 1),
    );
    return gradients.reshape([points.shape[0], -1]).norm('euclidean', 1).dataSync<'float32'>();
  });
  return {
    'slope.mean': norms.reduce((sum, norm) => sum + norm, 0) / norms.length,
    'slope.max': Math.max(...norms),
  };
}

const trained = ({ parameters }: Network, weights: Weights): Weights => parametersOf(parameters, weights);

function parametersOf(parameters: Network['parameters'], weights: Weights): Weights {
  return Object.fromEntries(parameters.map(({ name }) => [name, required(weights[name], name)]));
}

function valueOf(scalar: () => tf.Tensor): number {
  return tf.tidy(() => required(scalar().dataSync<'float32'>()[0], 'a value'));
}

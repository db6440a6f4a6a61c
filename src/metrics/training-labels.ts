import type { MetricLabel } from './label.js';

/** Of what a train stage logs, by its name. */
export const trainingLabels = {
  wasserstein_estimate: {
    title: 'Wasserstein estimate',
    unit: 'critic units',
    better: 'lower',
    meaning:
      'E[f(real)] - E[f(fake)]: the distance up to the critic’s unknown Lipschitz constant; falls as samples improve',
  },
  js_estimate: {
    title: 'Jensen-Shannon estimate',
    unit: 'nats',
    better: 'neither',
    meaning:
      'Discriminator’s lower bound of the JS divergence; pinned at log 2 = 0.693 where real and fake do not overlap',
  },
  triangular_estimate: {
    title: 'Triangular discrimination estimate',
    unit: '',
    better: 'neither',
    meaning:
      'Critic’s lower bound of the integral of (p - q)^2 / (p + q); 0 for equal distributions, at most 2',
  },
  tv_estimate: {
    title: 'Total variation estimate',
    unit: '',
    better: 'neither',
    meaning: 'Critic’s lower bound of the total variation; pinned at 1 where real and fake do not overlap',
  },
  kl_estimate: {
    title: 'KL divergence estimate',
    unit: 'nats',
    better: 'neither',
    meaning: 'Critic’s lower bound of KL(data, samples); without bound where samples miss data',
  },
  reverse_kl_estimate: {
    title: 'Reverse KL divergence estimate',
    unit: 'nats',
    better: 'neither',
    meaning: 'Critic’s lower bound of KL(samples, data); without bound where samples lie outside the data',
  },
  pearson_estimate: {
    title: 'Pearson divergence estimate',
    unit: '',
    better: 'neither',
    meaning:
      'Critic’s lower bound of the integral of (p - q)^2 / q, p being the data; without bound where samples miss data',
  },
  squared_hellinger_estimate: {
    title: 'Squared Hellinger estimate',
    unit: '',
    better: 'neither',
    meaning:
      'Critic’s lower bound of the squared Hellinger distance; pinned at 2 where real and fake do not overlap',
  },
  critic_iterations: {
    title: 'Critic iterations',
    unit: 'steps',
    better: 'neither',
    meaning: 'Critic steps before the generator step, where a schedule or the critic itself decides how many',
  },
  critic_loss: {
    title: 'Critic loss',
    unit: '',
    better: 'neither',
    meaning: 'What the critic minimises; it tells whether the critic trains, not whether samples improve',
  },
  gradient_penalty: {
    title: 'Gradient penalty',
    unit: '',
    better: 'neither',
    meaning:
      'What is penalised of the critic’s slope, without its weight; near 0 where the critic is nearly 1-Lipschitz there (R1: flat)',
  },
  'gradient_norm.critic': {
    title: 'Critic gradient norm',
    unit: '',
    better: 'neither',
    meaning: 'Euclidean length of all gradients of the network together',
  },
  'gradient_norm.critic.first': {
    title: 'Critic gradient norm, first layer',
    unit: '',
    better: 'neither',
    meaning:
      'Length of the gradient of the first matrix or filters; near 0 where gradients vanish on their way',
  },
  'gradient_norm.critic.last': {
    title: 'Critic gradient norm, last layer',
    unit: '',
    better: 'neither',
    meaning: 'Length of the gradient of the last matrix or filters',
  },
  'gradient_norm.generator': {
    title: 'Generator gradient norm',
    unit: '',
    better: 'neither',
    meaning: 'Euclidean length of all gradients of the network together',
  },
  'gradient_norm.generator.first': {
    title: 'Generator gradient norm, first layer',
    unit: '',
    better: 'neither',
    meaning:
      'Length of the gradient of the first matrix or filters; near 0 where gradients vanish on their way',
  },
  'gradient_norm.generator.last': {
    title: 'Generator gradient norm, last layer',
    unit: '',
    better: 'neither',
    meaning: 'Length of the gradient of the last matrix or filters',
  },
  'weight_norm.critic': {
    title: 'Critic weight norm',
    unit: '',
    better: 'neither',
    meaning: 'Euclidean length of all weights of the critic',
  },
  'weight_norm.generator': {
    title: 'Generator weight norm',
    unit: '',
    better: 'neither',
    meaning: 'Euclidean length of all weights of the generator',
  },
  clip_saturation: {
    title: 'Clip saturation',
    unit: '',
    better: 'neither',
    meaning: 'Share of the critic’s weights that lie at a bound of the clip range',
  },
  'slope.mean': {
    title: 'Mean critic slope',
    unit: 'critic units per data unit',
    better: 'neither',
    meaning: '|grad f(x)| at points between real and fake, on average; 1 for an optimal 1-Lipschitz critic',
  },
  'slope.max': {
    title: 'Largest critic slope',
    unit: 'critic units per data unit',
    better: 'neither',
    meaning: '|grad f(x)| at points between real and fake, at the steepest',
  },
  critic_improvement: {
    title: 'Improvement left to the critic',
    unit: 'as the critic loss',
    better: 'neither',
    meaning: 'How far some more critic steps lower its loss while the generator stands still; 0 at its best',
  },
  generator_loss: {
    title: 'Generator loss',
    unit: '',
    better: 'neither',
    meaning:
      'What the generator minimises against the critic of the moment; its level means nothing by itself',
  },
} as const satisfies Record<string, MetricLabel>;

/** Of what a classifier stage logs, by its name. */
export const classifierLabels = {
  loss: {
    title: 'Classifier loss',
    unit: 'nats',
    better: 'lower',
    meaning: 'Mean cross-entropy of a batch of the split that it learns',
  },
  accuracy: {
    title: 'Accuracy',
    unit: 'share',
    better: 'higher',
    meaning: 'Share of the split that it learnt whose labels it tells',
  },
  test_accuracy: {
    title: 'Test accuracy',
    unit: 'share',
    better: 'higher',
    meaning:
      'Share of samples that it has not learnt whose labels it tells: what a ruler of its features is worth',
  },
} as const satisfies Record<string, MetricLabel>;

/** How a number is shown and read; docs/metrics.md says more of each. */
export interface MetricLabel {
  readonly title: string;
  /** In brackets behind the title; empty for a plain number. */
  readonly unit: string;
  /** Which way is better. `neither`: the value alone does not tell. */
  readonly better: 'lower' | 'higher' | 'neither';
  /** One line, without a full stop. */
  readonly meaning: string;
}

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

/** Of what an evaluate stage measures: by metric type, then a dot and the part where there are several. */
export const evaluationLabels = {
  sliced_wasserstein: {
    title: 'Sliced Wasserstein distance',
    unit: 'data units',
    better: 'lower',
    meaning: 'Mean over random directions of the exact 1-D Wasserstein-1 distance to held-out data',
  },
  exact_wasserstein: {
    title: 'Wasserstein distance',
    unit: 'data units',
    better: 'lower',
    meaning: 'What it costs on average to move each sample to its own held-out one, paired at the least cost',
  },
  max_sliced_wasserstein: {
    title: 'Max-sliced Wasserstein distance',
    unit: 'data units',
    better: 'lower',
    meaning: 'The exact 1-D Wasserstein-1 distance to held-out data in the direction that shows most of it',
  },
  sinkhorn_divergence: {
    title: 'Sinkhorn divergence',
    unit: 'data units to the power p',
    better: 'lower',
    meaning: 'Entropic cost of moving the samples to held-out ones, less what the entropy itself adds',
  },
  energy_distance: {
    title: 'Energy distance',
    unit: 'data units',
    better: 'lower',
    meaning: 'Twice the mean distance to held-out samples, less the mean distances within both sets',
  },
  mmd: {
    title: 'Squared MMD',
    unit: '',
    better: 'lower',
    meaning: 'Squared maximum mean discrepancy of a kernel, without bias: around 0 for equal distributions',
  },
  nearest_neighbour_test: {
    title: '1-NN accuracy',
    unit: 'share',
    better: 'neither',
    meaning:
      'How often a sample’s nearest neighbour tells generated from held-out: best at 0.5, 1 is told apart',
  },
  'nearest_neighbour_test.of_generated': {
    title: '1-NN accuracy, generated',
    unit: 'share',
    better: 'neither',
    meaning: 'The share of generated samples that are told: near 1 where they gather in few places',
  },
  'nearest_neighbour_test.of_reference': {
    title: '1-NN accuracy, held-out',
    unit: 'share',
    better: 'neither',
    meaning: 'The share of held-out samples that are told: near 0 where each has a copy',
  },
  nearest_neighbour: {
    title: 'Distance to known samples',
    unit: 'data units',
    better: 'neither',
    meaning:
      'Mean distance to the nearest sample that may have been copied; compare with that of held-out ones',
  },
  'nearest_neighbour.of_reference': {
    title: 'Distance to known samples, held-out',
    unit: 'data units',
    better: 'neither',
    meaning: 'The same of held-out samples: generated ones that lie much nearer are copies',
  },
  'precision_recall.precision': {
    title: 'Precision',
    unit: 'share',
    better: 'higher',
    meaning: 'Share of generated samples that lie among held-out ones',
  },
  'precision_recall.recall': {
    title: 'Recall',
    unit: 'share',
    better: 'higher',
    meaning: 'Share of held-out samples that lie among generated ones',
  },
  'density_coverage.density': {
    title: 'Density',
    unit: '',
    better: 'higher',
    meaning: 'How densely held-out samples surround generated ones: about 1 for equal distributions',
  },
  'density_coverage.coverage': {
    title: 'Coverage',
    unit: 'share',
    better: 'higher',
    meaning: 'Share of held-out samples that have a generated one near',
  },
  modes_covered: {
    title: 'Modes covered',
    unit: 'modes',
    better: 'higher',
    meaning: 'Modes that hold at least a tenth of their fair share of samples, by nearest centre',
  },
  'modes_covered.high_quality_share': {
    title: 'High-quality share',
    unit: 'share',
    better: 'higher',
    meaning: 'Share of samples within 4 standard deviations of a centre; read it beside the modes covered',
  },
  'modes_covered.total_variation': {
    title: 'Total variation from uniform',
    unit: 'share',
    better: 'lower',
    meaning: 'Half the sum of differences between each mode’s share of samples and its fair share',
  },
  fid: {
    title: 'Fréchet distance of features (FID)',
    unit: 'squared feature units',
    better: 'lower',
    meaning:
      'Fréchet distance between Gaussians with the features’ means and covariances; of one extractor and count only',
  },
  kid: {
    title: 'Kernel distance of features (KID)',
    unit: '',
    better: 'lower',
    meaning:
      'Squared MMD of the features with a cubic kernel, without bias: around 0 for equal distributions',
  },
  'kid.standard_error': {
    title: 'KID, standard error',
    unit: '',
    better: 'neither',
    meaning: 'Standard error of the kernel distance, from its deviation over subsets of samples',
  },
  inception_score: {
    title: 'Inception Score',
    unit: 'classes',
    better: 'higher',
    meaning: 'How many classes the samples seem to be of, if the extractor is sure of each: from 1 to all',
  },
  'inception_score.deviation': {
    title: 'Inception Score, deviation',
    unit: 'classes',
    better: 'neither',
    meaning: 'Standard deviation of the score over parts of the samples',
  },
  spectrum_distance: {
    title: 'Spectrum distance',
    unit: 'dB',
    better: 'lower',
    meaning: 'Mean difference of the power at each spatial frequency: 3 dB is twice or half of it',
  },
  ngram_js: {
    title: 'n-gram Jensen-Shannon divergence',
    unit: 'bits',
    better: 'lower',
    meaning:
      'How far the frequencies of n-grams are from those of held-out text: 0 for equal ones, 1 for no common one',
  },
} as const satisfies Record<string, MetricLabel>;

export type TrainingMetric = keyof typeof trainingLabels;
export type EvaluationMetric = keyof typeof evaluationLabels;

export function classifierLabel(name: string): MetricLabel | undefined {
  return Object.hasOwn(classifierLabels, name)
    ? classifierLabels[name as keyof typeof classifierLabels]
    : undefined;
}

export function trainingLabel(name: string): MetricLabel | undefined {
  return Object.hasOwn(trainingLabels, name) ? trainingLabels[name as TrainingMetric] : undefined;
}

/**
 * Label of a value that an evaluate stage reports: of `modes.total_variation` where the stage's `metrics` say
 * that `modes` is of type `modes_covered`.
 */
export function evaluationLabel(
  valueName: string,
  metrics: Readonly<Record<string, { readonly type: string }>>,
): MetricLabel | undefined {
  const [name = '', ...part] = valueName.split('.');
  const type = Object.hasOwn(metrics, name) ? metrics[name]?.type : undefined;
  const key = [type, ...part].join('.');
  return Object.hasOwn(evaluationLabels, key) ? evaluationLabels[key as EvaluationMetric] : undefined;
}

import { curveLabels } from './curve-labels.js';
import type { MetricLabel } from './label.js';
import { classifierLabels, trainingLabels } from './training-labels.js';

export type { MetricLabel };

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
  'analytic_distances.w1': {
    title: 'W1 by formula',
    unit: 'data units',
    better: 'lower',
    meaning:
      'Wasserstein-1 distance of the generator from the data by its formula: what the critic’s estimate stands for',
  },
  'analytic_distances.w2': {
    title: 'W2 by formula',
    unit: 'data units',
    better: 'lower',
    meaning: 'Wasserstein-2 distance of the generator from the data by its formula',
  },
  'analytic_distances.js': {
    title: 'JS divergence by formula',
    unit: 'nats',
    better: 'lower',
    meaning:
      'Jensen-Shannon divergence by its formula: log 2 = 0.693 wherever the two have nothing in common',
  },
  'analytic_distances.kl': {
    title: 'KL divergence by formula',
    unit: 'nats',
    better: 'lower',
    meaning: 'KL(data, generator) by its formula: infinite where the generator misses data',
  },
  'analytic_distances.reverse_kl': {
    title: 'Reverse KL divergence by formula',
    unit: 'nats',
    better: 'lower',
    meaning: 'KL(generator, data) by its formula: infinite where the generator leaves the data',
  },
  'analytic_distances.tv': {
    title: 'Total variation by formula',
    unit: '',
    better: 'lower',
    meaning: 'Largest difference of a probability between the two: 1 wherever they have nothing in common',
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
  conditional_accuracy: {
    title: 'Conditional accuracy',
    unit: 'share',
    better: 'higher',
    meaning: 'Share of generated samples that the classifier takes for the class they were to be of',
  },
  'conditional_accuracy.of_reference': {
    title: 'Accuracy of the classifier, held-out',
    unit: 'share',
    better: 'neither',
    meaning: 'The same of held-out samples, by their labels: what the classifier itself gets right',
  },
  spectrum_distance: {
    title: 'Spectrum distance',
    unit: 'dB',
    better: 'lower',
    meaning: 'Mean difference of the power at each spatial frequency: 3 dB is twice or half of it',
  },
  ms_ssim: {
    title: 'Likeness of pairs',
    unit: '',
    better: 'neither',
    meaning:
      'Mean multi-scale structural similarity of two generated images; above that of held-out ones they lack variety',
  },
  'ms_ssim.of_reference': {
    title: 'Likeness of pairs, held-out',
    unit: '',
    better: 'neither',
    meaning: 'Mean multi-scale structural similarity of two held-out images',
  },
  ngram_js: {
    title: 'n-gram Jensen-Shannon divergence',
    unit: 'bits',
    better: 'lower',
    meaning:
      'How far the frequencies of n-grams are from those of held-out text: 0 for equal ones, 1 for no common one',
  },
} as const satisfies Record<string, MetricLabel>;

/** By name, as the specification has them. */
type NamedMetrics = Readonly<Record<string, { readonly type: string }>>;

export function classifierLabel(name: string): MetricLabel | undefined {
  return Object.hasOwn(classifierLabels, name)
    ? classifierLabels[name as keyof typeof classifierLabels]
    : undefined;
}

export function trainingLabel(name: string): MetricLabel | undefined {
  return Object.hasOwn(trainingLabels, name)
    ? trainingLabels[name as keyof typeof trainingLabels]
    : undefined;
}

/**
 * Label of a value that an evaluate stage reports: of `modes.total_variation` where the stage's `metrics` say
 * that `modes` is of type `modes_covered`.
 */
export function evaluationLabel(valueName: string, metrics: NamedMetrics): MetricLabel | undefined {
  return labelOfType(evaluationLabels, valueName, metrics);
}

/** The same of a curves stage. */
export function curveLabel(valueName: string, metrics: NamedMetrics): MetricLabel | undefined {
  return labelOfType(curveLabels, valueName, metrics);
}

function labelOfType(
  labels: Readonly<Record<string, MetricLabel>>,
  valueName: string,
  metrics: NamedMetrics,
): MetricLabel | undefined {
  const [name = '', ...part] = valueName.split('.');
  const type = Object.hasOwn(metrics, name) ? metrics[name]?.type : undefined;
  const key = [type, ...part].join('.');
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

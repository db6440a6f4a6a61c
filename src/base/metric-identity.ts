import { canonicalJson } from './canonical-json.js';
import type { Digest } from './digest.js';
import type { JsonObject } from './json.js';

/**
 * What a metric's value is of, beside the generator or the training that it judges. Two values say which generator is better only where all of
 * this is equal: Fréchet distances, for one, fall with the number of samples, and are in the units of their extractor.
 */
export interface MetricIdentity {
  /** Its type in the specification. */
  readonly metric: string;
  /** Of how it is computed; see `metricVersions`. */
  readonly version: number;
  /** What the specification says of it beside its type, but for names of the pipeline’s own. */
  readonly options: JsonObject;
  /** Generated samples, where it compares samples with others; as those that follow. */
  readonly samples?: number;
  readonly reference_samples?: number;
  /** Name of the reference’s split. */
  readonly split?: string;
  /** Of all samples of the reference’s split; of its formula, where the metric compares formulas. */
  readonly reference?: Digest;
  /** Of the labels of the reference’s split, where the metric compares with them. */
  readonly labels?: Digest;
  /** Of the samples of the other split that the metric compares with, if it does. */
  readonly against?: Digest;
  /** Of the extractor’s weights, where the metric is of features; of a network of the user’s, and of all but resizing that is done to images for it. */
  readonly extractor?: Digest;
  /** How images were resized for the extractor, as in `tf1_bilinear to 299`; absent where they were seen as they are stored. */
  readonly resizer?: string;
  /**
   * Of what a training has logged of itself, where the metric compares it with a level: each critic has units of its own, so that
   * another’s curve comes to that level sooner or later whatever its generator does.
   */
  readonly curve?: Digest;
  /** Of what the metric itself draws at random, as directions. */
  readonly seed: number;
}

/** What differs first, of two values; undefined where they may be compared. */
export function unlikeField(a: MetricIdentity, b: MetricIdentity): keyof MetricIdentity | undefined {
  return fields.find((field) => canonical(a[field]) !== canonical(b[field]));
}

/** What to say of values that differ in a field, to follow "of". */
export const unlikeWords: Readonly<Record<keyof MetricIdentity, string>> = {
  metric: 'other metrics',
  version: 'other versions of the metric',
  options: 'other options of the metric',
  split: 'other reference splits',
  reference: 'other reference samples',
  labels: 'other labels of the reference',
  resizer: 'images that were resized otherwise',
  extractor: 'other extractors',
  against: 'other samples to be copied from',
  curve: 'other critics’ curves',
  samples: 'other numbers of samples',
  reference_samples: 'other numbers of reference samples',
  seed: 'other random directions',
};

/** What is said of values that differ in several is the first. */
const fields = Object.keys(unlikeWords) as (keyof MetricIdentity)[];

function canonical(value: MetricIdentity[keyof MetricIdentity]): string | undefined {
  return value === undefined ? undefined : canonicalJson(value);
}

import { digestJson } from '../base/digest.js';
import { required } from '../base/invariant.js';
import type { JsonObject } from '../base/json.js';
import type { MetricIdentity } from '../base/metric-identity.js';
import type { StageContext } from '../execute/contract.js';
import { metricVersions } from '../metrics/versions.js';
import type { RunnableMetrics } from '../spec/runnable.js';
import { labelsDigest, readDatasetManifest, splitDigest } from './dataset-artifact.js';
import { aspectOf } from './measurable.js';
import { rulerSeed } from './metric-values.js';
import { identityOfExtractor } from './open-extractor.js';

type Context = Pick<StageContext<'evaluate'>, 'fields' | 'inputs' | 'signal'>;

/** What the values of an evaluation are of, by metric. */
export async function identitiesOf(context: Context): Promise<Readonly<Record<string, MetricIdentity>>> {
  const { fields, inputs, signal } = context;
  const { directory, split: name } = inputs.reference;
  const split = required(name, 'the split to compare with');
  const { splits, classes, distribution } = await readDatasetManifest(directory);
  const ofSamples = {
    samples: fields.samples,
    reference_samples: Math.min(fields.samples, required(splits[split], split)),
    split,
    reference: await splitDigest(directory, split, signal),
  };
  const ofFormula = distribution && { reference: digestJson({ ...distribution }) };
  const extractor = inputs.extractor && (await identityOfExtractor(inputs.extractor, signal));
  const identities: Record<string, MetricIdentity> = {};
  for (const [key, metric] of Object.entries(fields.metrics)) {
    const other = inputs[`against.${key}`];
    identities[key] = {
      metric: metric.type,
      version: metricVersions[metric.type],
      options: optionsOf(metric),
      ...(aspectOf(metric) === 'distribution' ? ofFormula : ofSamples),
      seed: rulerSeed,
      ...(other && {
        against: await splitDigest(other.directory, required(other.split, 'the other split'), signal),
      }),
      ...(classes !== undefined &&
        metric.type === 'conditional_accuracy' && { labels: await labelsDigest(directory, split, signal) }),
      ...(extractor !== undefined && aspectOf(metric) !== 'samples' && extractor),
    };
  }
  return identities;
}

/** But for the type, and the name of another split: its digest says more. */
function optionsOf(metric: RunnableMetrics[string]): JsonObject {
  const { type: _, ...options } = metric;
  if (!('against' in options)) return options;
  const { against: __, ...rest } = options;
  return rest;
}

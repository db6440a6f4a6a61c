import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { formatCount, plural } from '../base/format.js';
import { required } from '../base/invariant.js';
import { type StageContext, StageProblem } from '../execute/contract.js';
import type { Samples } from '../metrics/samples.js';
import { loadBackend } from '../tensor/backend.js';
import { sampleGenerator } from '../tensor/sampling.js';
import * as tf from '../tensor/tf.js';
import { readDatasetManifest, readSplit, type SampleSet } from './dataset-artifact.js';
import { measure, type Reference } from './measure.js';
import { loadGenerator, readModelManifest } from './model-artifact.js';

/**
 * Measures the generator, untrained (step 0) and at the end or at every snapshot, against the first samples of
 * the reference split, which is in random order already. All snapshots are sampled from the same noise and
 * measured with the same directions, so that they differ by the training alone.
 *
 * Logs the metrics of each snapshot at its generator step, and writes them to `metrics.json`: a list of
 * `{step, values}` in ascending order.
 *
 * @throws StageProblem where a metric has no value, as for a generator that diverged.
 */
export async function runEvaluate(context: StageContext<'evaluate'>): Promise<void> {
  const { fields, inputs, output, emit, now, signal } = context;
  const { shape, snapshots } = await readModelManifest(inputs.model.directory);
  const reference = await readReference(context, shape);
  await loadBackend(context.backend, fields.threads);

  const steps =
    fields.at === 'every_snapshot' ? snapshots : snapshots.filter((step) => isEnd(step, snapshots));
  const measured: { step: number; values: Readonly<Record<string, number>> }[] = [];
  for (const step of steps) {
    const generated = await sampled(context, step);
    const values = locatedAt(step, () => measure(fields.metrics, generated, reference));
    measured.push({ step, values });
    emit({ type: 'metrics', step, timestamp: now(), values });
    emit({ type: 'progress', done: measured.length, total: steps.length, unit: 'snapshots' });
    signal.throwIfAborted();
  }
  await writeFile(join(output, 'metrics.json'), `${JSON.stringify(measured, undefined, 2)}\n`);
}

/** The untrained generator is measured too: a distance is read against where training began. */
function isEnd(step: number, snapshots: readonly number[]): boolean {
  return step === 0 || step === snapshots.at(-1);
}

async function readReference(
  { fields, inputs, emit }: StageContext<'evaluate'>,
  generatedShape: readonly number[],
): Promise<Reference> {
  const { directory, split } = inputs.reference;
  const name = required(split, 'the split to compare with');
  const { mixture } = await readDatasetManifest(directory);
  const set = await readSplit(directory, name);
  if (set.shape.join() !== generatedShape.join()) {
    throw new StageProblem(
      `the generator makes samples of ${sizes(generatedShape)}, the reference holds samples of ${sizes(set.shape)}`,
      ['reference'],
      'Compare with a split of the dataset that the generator was trained on, or one of the same shape.',
    );
  }
  const count = Math.min(fields.samples, set.count);
  if (count < fields.samples) {
    emit({
      type: 'note',
      message: `The reference ${name} has ${plural(count, 'sample')}: ${formatCount(fields.samples)} generated ones are compared with these.`,
    });
  }
  return { samples: firstOf(set, count), mixture, against: await readAgainst({ fields, inputs }) };
}

/** The splits that metrics compare with beside the reference, whole: a copy may be of any sample. */
async function readAgainst({
  fields,
  inputs,
}: Pick<StageContext<'evaluate'>, 'fields' | 'inputs'>): Promise<ReadonlyMap<string, Samples>> {
  const against = new Map<string, Samples>();
  for (const [name, { type }] of Object.entries(fields.metrics)) {
    if (type !== 'nearest_neighbour') continue;
    const { directory, split } = required(inputs[`against.${name}`], `the input of ${name}`);
    const set = await readSplit(directory, required(split, 'the split to compare with'));
    against.set(name, firstOf(set, set.count));
  }
  return against;
}

function firstOf(set: SampleSet, count: number): Samples {
  const values = set.gather(Int32Array.from({ length: count }, (_, index) => index));
  return { count, dimensions: values.length / count, values };
}

async function sampled({ fields, inputs, signal }: StageContext<'evaluate'>, step: number): Promise<Samples> {
  const { network, weights } = await loadGenerator(inputs.model.directory, step);
  const noise = { seed: fields.seed, purpose: 'latent/evaluate' };
  const { count, values } = await sampleGenerator(network, weights, { noise, count: fields.samples, signal });
  tf.dispose(weights);
  return { count, dimensions: values.length / count, values };
}

/** Runs the measurement, and adds the step to the problem that it may throw. */
function locatedAt<T>(step: number, measurement: () => T): T {
  try {
    return measurement();
  } catch (error) {
    if (!(error instanceof StageProblem)) throw error;
    throw new StageProblem(`at generator step ${step}, ${error.message}`, error.field, error.help);
  }
}

function sizes(shape: readonly number[]): string {
  return shape.length === 1 ? plural(shape[0] ?? 0, 'component') : shape.join(' x ');
}

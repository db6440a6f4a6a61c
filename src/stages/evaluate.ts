import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type StageContext, StageProblem } from '../execute/contract.js';
import { loadBackend } from '../tensor/backend.js';
import { type GeneratedSamples, sampleGenerator } from '../tensor/sampling.js';
import * as tf from '../tensor/tf.js';
import { loadGenerator, readModelManifest } from './model-artifact.js';
import { readRuler } from './rulers.js';

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
  const model = await readModelManifest(inputs.model.directory);
  const { snapshots } = model;
  const ruler = await readRuler(context, model);
  await loadBackend(context.backend, fields.threads);

  const steps =
    fields.at === 'every_snapshot' ? snapshots : snapshots.filter((step) => isEnd(step, snapshots));
  const measured: { step: number; values: Readonly<Record<string, number>> }[] = [];
  for (const step of steps) {
    const generated = await sampled(context, step);
    const values = locatedAt(step, () => ruler(generated));
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

async function sampled(
  { fields, inputs, signal }: StageContext<'evaluate'>,
  step: number,
): Promise<GeneratedSamples> {
  const { network, weights } = await loadGenerator(inputs.model.directory, step);
  const noise = { seed: fields.seed, purpose: 'latent/evaluate' };
  const samples = await sampleGenerator(network, weights, { noise, count: fields.samples, signal });
  tf.dispose(weights);
  return samples;
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

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { finiteOrWord } from '../base/finite-or-word.js';
import { type StageContext, StageProblem } from '../execute/contract.js';
import { loadBackend } from '../tensor/backend.js';
import { drawnClasses, sampleParts } from '../tensor/sampling.js';
import * as tf from '../tensor/tf.js';
import { identitiesOf } from './identities.js';
import { distributionOf } from './generator-distribution.js';
import { loadGenerator, readModelManifest } from './model-artifact.js';
import { readRuler, type Ruler } from './rulers.js';

/**
 * Measures the generator, untrained (step 0) and at the end or at every snapshot, against the first samples of
 * the reference split, which is in random order already. All snapshots are sampled from the same noise and
 * measured with the same directions, so that they differ by the training alone.
 *
 * Logs the metrics of each snapshot at its generator step, and writes them to `metrics.json`: what they are of (`identities`, by
 * metric), and the `snapshots`, a list of `{step, values}` in ascending order. Infinite values are words there: "Infinity".
 *
 * @throws StageProblem where a metric has no value, as for a generator that diverged.
 */
export async function runEvaluate(context: StageContext<'evaluate'>): Promise<void> {
  const { fields, inputs, output, emit, now, signal } = context;
  const model = await readModelManifest(inputs.model.directory);
  const { snapshots } = model;
  await loadBackend(context.backend, fields.threads);
  const ruler = await readRuler(context, model);
  const identities = await identitiesOf(context);
  emit({ type: 'identities', identities });

  const steps =
    fields.at === 'every_snapshot' ? snapshots : snapshots.filter((step) => isEnd(step, snapshots));
  const results: { step: number; values: Readonly<Record<string, number>> }[] = [];
  for (const step of steps) {
    const values = await locatedAt(step, () => measured(context, step, ruler));
    results.push({ step, values });
    emit({ type: 'metrics', step, timestamp: now(), values });
    emit({ type: 'progress', done: results.length, total: steps.length, unit: 'snapshots' });
    signal.throwIfAborted();
  }
  await writeFile(
    join(output, 'metrics.json'),
    // JSON has no infinity, and a divergence may be infinite.
    `${JSON.stringify({ identities, snapshots: results }, finiteOrWord, 2)}\n`,
  );
}

/** The untrained generator is measured too: a distance is read against where training began. */
function isEnd(step: number, snapshots: readonly number[]): boolean {
  return step === 0 || step === snapshots.at(-1);
}

async function measured(
  { fields, inputs, signal }: StageContext<'evaluate'>,
  step: number,
  ruler: Ruler,
): Promise<Readonly<Record<string, number>>> {
  const { network, weights, generator, classes } = await loadGenerator(
    inputs.model.directory,
    step,
    fields.weights,
  );
  const { seed, samples: count } = fields;
  const noise = { seed, purpose: 'latent/evaluate' };
  const drawn = classes && drawnClasses(classes, count, { seed, purpose: 'classes/evaluate' });
  const values = await ruler({
    samples: sampleParts(network, weights, { noise, count, ...(drawn && { classes: drawn }), signal }),
    distribution: distributionOf(generator, weights),
    labels: drawn?.labels,
  });
  tf.dispose(weights);
  return values;
}

/** Runs the measurement, and adds the step to the problem that it may throw. */
async function locatedAt<T>(step: number, measurement: () => Promise<T>): Promise<T> {
  try {
    return await measurement();
  } catch (error) {
    if (!(error instanceof StageProblem)) throw error;
    throw new StageProblem(`at generator step ${step}, ${error.message}`, error.field, error.help);
  }
}

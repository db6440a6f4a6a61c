import { setImmediate as nextTurn } from 'node:timers/promises';

import { formatCount } from '../base/format.js';
import { required } from '../base/invariant.js';
import { type StageContext, type StageInput, StageProblem } from '../execute/contract.js';
import { loadBackend } from '../tensor/backend.js';
import { classifierNetwork } from '../tensor/classifier.js';
import { ClassifierTraining, type LabelledSamples } from '../tensor/classifier-training.js';
import { accuracyOf } from '../tensor/classifying.js';
import { optimizer } from '../tensor/optimizers.js';
import { writeClassifier } from './classifier-artifact.js';
import { readDatasetManifest, readSplit } from './dataset-artifact.js';

const progressInterval = 200;

/**
 * Trains a classifier of the split's labels, and writes it as classifier-artifact.ts describes.
 *
 * Logs at each update `loss`, the mean cross-entropy of its batch, and at the end `accuracy`, the share of the split that it
 * tells; where there is a split to test on, `test_accuracy` beside it.
 *
 * @throws StageProblem where samples have no labels, or are fewer than a batch.
 */
export async function runClassifier(context: StageContext<'classifier'>): Promise<void> {
  const { fields, inputs, output, emit, now, signal } = context;
  const { batch_size: batchSize, seed } = fields;
  await loadBackend(context.backend, fields.threads);
  const { samples, classes } = await labelled(inputs.dataset, 'dataset', context.samples);
  const test = inputs.test && (await labelled(inputs.test, 'test', context.samples));
  if (test !== undefined) comparable(samples, test.samples, classes, test.classes);
  if (batchSize > samples.count) {
    throw new StageProblem(
      `a batch of ${batchSize} cannot be drawn from the ${samples.count} samples of the split`,
      ['batch_size'],
      'Lower the batch size, or give the split more samples.',
    );
  }

  const network = classifierNetwork(samples.shape, classes);
  const training = new ClassifierTraining(network, samples, {
    optimizer: optimizer(fields.optimizer),
    batchSize,
    seed,
  });
  const steps = stepsOf(fields, samples.count);
  let toldAt = -Infinity;
  for (let step = 1; step <= steps; step++) {
    const timestamp = now();
    const loss = training.step();
    if (!Number.isFinite(loss)) {
      throw new StageProblem(
        `the classifier’s loss is ${loss} at step ${formatCount(step)}`,
        ['optimizer'],
        'Lower the learning rate.',
      );
    }
    emit({ type: 'metrics', step, timestamp, values: { loss } });
    if (step === steps || timestamp - toldAt >= progressInterval) {
      toldAt = timestamp;
      emit({ type: 'progress', done: step, total: steps, unit: 'steps' });
    }
    await nextTurn();
    signal.throwIfAborted();
  }

  const { weights } = training;
  const accuracies = {
    accuracy: await accuracyOf(network, weights, samples, signal),
    ...(test && { test_accuracy: await accuracyOf(network, weights, test.samples, signal) }),
  };
  emit({ type: 'metrics', step: steps, timestamp: now(), values: accuracies });
  await writeClassifier(output, { shape: samples.shape, classes, steps, ...accuracies }, weights);
}

/** Updates, at least one: of a number of epochs rounded up, an epoch being floor(samples / batch_size) of them. */
function stepsOf({ budget, batch_size }: StageContext<'classifier'>['fields'], samples: number): number {
  const { steps, epochs } = budget;
  return steps ?? Math.ceil(required(epochs, 'a budget has one quantity') * Math.floor(samples / batch_size));
}

async function labelled(
  { directory, split }: StageInput,
  field: 'dataset' | 'test',
  residence: StageContext<'classifier'>['samples'],
): Promise<{ readonly samples: LabelledSamples; readonly classes: number }> {
  const name = required(split, `the split of ${field}`);
  const { classes } = await readDatasetManifest(directory);
  const { labels, ...set } = await readSplit(directory, name, residence);
  if (labels === undefined || classes === undefined) {
    throw new StageProblem(
      `the samples of split ${name} have no labels to learn`,
      [field],
      'Give an `idx` dataset its file of `labels`, or an `image_folder` a folder for each class.',
    );
  }
  return { samples: { ...set, labels }, classes };
}

function comparable(learnt: LabelledSamples, tested: LabelledSamples, classes: number, others: number): void {
  if (learnt.shape.join() === tested.shape.join() && classes === others) return;
  const described = ({ shape }: LabelledSamples, of: number) =>
    `samples of ${shape.join(' x ')} in ${formatCount(of)} classes`;
  throw new StageProblem(
    `it learns ${described(learnt, classes)}, and is to be tested on ${described(tested, others)}`,
    ['test'],
    'Test on another split of the dataset that it learns.',
  );
}

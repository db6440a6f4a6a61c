import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { required } from '../base/invariant.js';
import { type StageContext, StageProblem } from '../execute/contract.js';
import type { RunnableFields } from '../spec/runnable.js';
import { criticNetwork, generatorNetwork } from '../tensor/architectures.js';
import { loadBackend } from '../tensor/backend.js';
import { objectiveNamed } from '../tensor/objectives.js';
import { optimizer } from '../tensor/optimizers.js';
import { sampleGenerator } from '../tensor/sampling.js';
import type { AdversarialModel } from '../tensor/steps.js';
import { Trainer } from '../tensor/trainer.js';
import { readSplit, type SampleSet } from './dataset-artifact.js';
import { stepName, writeModelManifest, writeSnapshot } from './model-artifact.js';
import { samplesPicture } from './pictures.js';
import { limitOf, type TrainingLimit } from './training-limit.js';
import { atTheBeginning, resumeTraining, savedTraining, type TrainingPosition } from './training-position.js';

type TrainFields = RunnableFields['train'];

/**
 * Trains, and writes the weights and a picture of samples at step 0, at each snapshot, and at the end, as
 * model-artifact.ts describes.
 *
 * Logs at each generator step `critic_loss` (of the last critic step before it), `generator_loss`, and the
 * objective's estimate, which is a function of the critic's loss; see tensor/objectives.ts.
 *
 * Goes on from a checkpoint, to the same bits, where there is one.
 *
 * @throws StageProblem where the data do not suit the architectures or the batch size.
 */
export async function runTrain(context: StageContext<'train'>): Promise<void> {
  const { fields, inputs, output, signal, checkpoints } = context;
  await loadBackend(context.backend, fields.threads);
  const split = required(inputs.dataset.split, 'the split to train on');
  const samples = await readSplit(inputs.dataset.directory, split);
  const model = modelOf(fields, samples);
  const { batch_size: batchSize, seed } = fields;
  const criticIterations = fields.critic_iterations.count;
  const limit = limitOf(fields, samples.count, context.now);

  const trainer = new Trainer(model, samples, { criticIterations, batchSize, seed });
  const saved = await checkpoints.resume();
  const start = saved === undefined ? atTheBeginning : resumeTraining(trainer, saved);
  if (saved !== undefined) limit.begin(start.seconds);
  const report = reporter(context, model, limit, start);
  const picture = picturer(context, model, samples);
  const snapshots = [...start.snapshots];
  let step = start.generatorSteps;
  for (; ; step += 1) {
    const isEnd = limit.isReached(step);
    if (step === 0 || isEnd || isSnapshot(step, fields.snapshots)) {
      snapshots.push(step);
      await writeSnapshot(output, step, {
        generator: trainer.weights('generator'),
        critic: trainer.weights('critic'),
      });
      await picture(step, trainer);
    }
    if (isEnd) break;
    if (step === 0) limit.begin(0);
    report(step + 1, trainer.iterate());
    // The process hears that it shall stop only between turns; a turn costs microseconds.
    await nextTurn();
    if (signal.aborted || checkpoints.isDue(step + 1)) {
      await checkpoints.save(savedTraining(trainer, { snapshots, diverged: report.hasDiverged() }, limit));
    }
    signal.throwIfAborted();
  }
  report.end(step);
  const { generator, critic } = fields;
  await writeModelManifest(output, {
    generator,
    critic,
    shape: samples.shape,
    snapshots,
    generator_steps: step,
  });
  trainer.dispose();
}

function modelOf(fields: TrainFields, samples: SampleSet): AdversarialModel {
  const { batch_size: batchSize, optimizer: optimizers, lipschitz } = fields;
  if (batchSize > samples.count) {
    throw new StageProblem(
      `a batch of ${batchSize} cannot be drawn from the ${samples.count} samples of the split`,
      ['batch_size'],
      'Lower the batch size, or give the split more samples.',
    );
  }
  const generator = generatorNetwork(fields.generator, samples.shape);
  if (!generator.ok) throw unsuited(generator.error, 'generator');
  const critic = criticNetwork(fields.critic, samples.shape);
  if (!critic.ok) throw unsuited(critic.error, 'critic');
  return {
    generator: generator.value,
    critic: critic.value,
    objective: objectiveNamed(fields.objective.type),
    optimizers: { generator: optimizer(optimizers.generator), critic: optimizer(optimizers.critic) },
    clip: lipschitz.type === 'clip' ? lipschitz.range : undefined,
    penalty: lipschitz.type === 'gradient_penalty' ? lipschitz.lambda : undefined,
  };
}

function unsuited(reason: string, field: 'generator' | 'critic'): StageProblem {
  const help = `Choose an \`mlp_${field}\`, or another dataset or \`resize\`.`;
  return new StageProblem(`the ${field} does not suit the dataset: ${reason}`, [field], help);
}

function isSnapshot(step: number, snapshots: TrainFields['snapshots']): boolean {
  return snapshots !== undefined && step % snapshots.every.generator_steps === 0;
}

const progressInterval = 200;

/** Tells of each generator step: its metrics always, progress five times a second. */
function reporter(
  { emit, now }: StageContext<'train'>,
  { objective }: AdversarialModel,
  { progress, reached }: TrainingLimit,
  start: TrainingPosition,
) {
  const { estimate } = objective;
  let told = -Infinity;
  let { diverged } = start;
  const tell = (step: number) => emit({ type: 'progress', ...progress(step) });
  tell(start.generatorSteps);
  const report = (step: number, losses: { critic: number; generator: number }): void => {
    const timestamp = now();
    emit({
      type: 'metrics',
      step,
      timestamp,
      values: {
        [estimate.name]: estimate.of(losses.critic),
        critic_loss: losses.critic,
        generator_loss: losses.generator,
      },
    });
    if (!diverged && !(Number.isFinite(losses.critic) && Number.isFinite(losses.generator))) {
      diverged = true;
      emit({ type: 'note', message: `The losses are no longer finite at generator step ${step}.` });
    }
    if (timestamp - told >= progressInterval) {
      told = timestamp;
      tell(step);
    }
  };
  const end = (step: number): void => {
    tell(step);
    const message = reached(step);
    if (message !== undefined) emit({ type: 'note', message });
  };
  return Object.assign(report, { end, hasDiverged: () => diverged });
}

const defaultPictured = 64;
/** Enough for the shape of a 2-D distribution to be seen. */
const referencePoints = 1000;

/** Draws samples at a step, always from the same noise, so that pictures differ by the training only. */
function picturer(context: StageContext<'train'>, { generator }: AdversarialModel, real: SampleSet) {
  const { fields, output, emit, now } = context;
  const count = fields.snapshots?.samples ?? defaultPictured;
  const reference = real.shape.length === 1 ? { reference: firstPoints(real) } : {};
  return async (step: number, trainer: Trainer): Promise<void> => {
    const noise = { seed: fields.seed, purpose: 'latent/snapshot' };
    const samples = await sampleGenerator(generator, trainer.weights('generator'), { noise, count });
    await mkdir(join(output, 'samples'), { recursive: true });
    const file = `samples/${stepName(step)}.png`;
    await writeFile(join(output, file), await samplesPicture(samples, reference));
    emit({ type: 'image', step, timestamp: now(), name: 'samples', file });
  };
}

function firstPoints(real: SampleSet): Float32Array {
  return real.gather(Int32Array.from({ length: Math.min(referencePoints, real.count) }, (_, index) => index));
}

import { formatCount } from '../base/format.js';
import { type StageContext, StageProblem } from '../execute/contract.js';
import type { RunnableFields } from '../spec/runnable.js';
import { conditionOf, criticNetwork, generatorNetwork } from '../tensor/architectures.js';
import type { ClassCounts } from '../tensor/classes.js';
import { diffAugment } from '../tensor/diff-augment.js';
import type { FlipAndCrop } from '../tensor/flip-and-crop.js';
import type { Network } from '../tensor/network.js';
import { objectiveOf } from '../tensor/objectives.js';
import { optimizer, type OptimizerOptions } from '../tensor/optimizers.js';
import { spectrallyNormalised } from '../tensor/spectral-norm.js';
import type { AdversarialModel } from '../tensor/steps.js';
import type { Precision } from '../tensor/training.js';
import type { SampleSet } from './dataset-artifact.js';

type TrainFields = RunnableFields['train'];

/**
 * What the fields of a train stage stand for.
 *
 * @param lrFactor What both learning rates are multiplied by.
 * @throws StageProblem where the data do not suit the architectures or the batch size.
 */
export function modelOf(fields: TrainFields, samples: SampleSet, lrFactor = 1): AdversarialModel {
  const { batch_size: batchSize, optimizer: optimizers, lipschitz } = fields;
  if (batchSize > samples.count) {
    throw new StageProblem(
      `a batch of ${batchSize} cannot be drawn from the ${samples.count} samples of the split`,
      ['batch_size'],
      'Lower the batch size, or give the split more samples.',
    );
  }
  const { conditional } = fields;
  const classes = conditional && classesOf(samples);
  const condition = conditional && classes && conditionOf(conditional, classes.length);
  const generator = generatorNetwork(fields.generator, samples.shape, condition);
  if (!generator.ok) throw unsuited(generator.error, 'generator');
  const critic = criticNetwork(fields.critic, samples.shape, classes?.length);
  if (!critic.ok) throw unsuited(critic.error, 'critic');
  const policy = fields.augmentation?.diff_augment;
  if (lipschitz.type === 'clip') requireLayers(lipschitz.layers, critic.value);
  const scaled = (options: OptimizerOptions) => optimizer({ ...options, lr: lrFactor * options.lr });
  return {
    generator: generator.value,
    critic:
      lipschitz.type === 'spectral_norm'
        ? spectrallyNormalised(critic.value, {
            bound: lipschitz.bound,
            powerIterations: lipschitz.power_iterations,
          })
        : critic.value,
    objective: objectiveOf(fields.objective),
    optimizers: { generator: scaled(optimizers.generator), critic: scaled(optimizers.critic) },
    constraint: lipschitz,
    ...(classes && { classes }),
    ...(policy && { augment: diffAugment(policy, samples.shape) }),
    ...(fields.average && {
      average: { decay: fields.average.decay, start: fields.average.start.generator_steps },
    }),
  };
}

/** @throws StageProblem where samples have no labels, or where a class has no sample that it could be learnt from. */
function classesOf({ labels, classes, count }: SampleSet): ClassCounts {
  if (labels === undefined || classes === undefined) {
    throw new StageProblem(
      'conditional networks are told labels, and the samples of the split have none',
      ['conditional'],
      'Give an `idx` dataset its file of `labels`, or an `image_folder` a folder for each class.',
    );
  }
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  const missing = counts.flatMap((samples, index) => (samples === 0 ? [index] : []));
  const [first] = missing;
  if (first === undefined) return counts;
  const which =
    missing.length === 1 ? `class ${first} has` : `${missing.length} classes, as class ${first}, have`;
  throw new StageProblem(
    `of the ${formatCount(classes)} classes of the dataset, ${which} no sample among the ${formatCount(count)} of the split`,
    ['dataset'],
    'Give the split more samples, or take the class out of the data; classes are numbered from 0.',
  );
}

/**
 * What becomes of real images before a critic step.
 *
 * @throws StageProblem where they are too small for it: of some files the side is not known before.
 */
export function flipAndCropOf({ augmentation }: TrainFields, { shape }: SampleSet): FlipAndCrop | undefined {
  const { flip = false, crop = 0 } = augmentation ?? {};
  const side = Math.min(...shape.slice(0, 2));
  if (crop >= side) {
    throw new StageProblem(
      `a crop that moves images by up to ${crop} pixels shows nothing of some, as they have ${shape.slice(0, 2).join('x')}`,
      ['augmentation', 'crop'],
      `Write less than ${side}.`,
    );
  }
  return flip || crop > 0 ? { flip, crop } : undefined;
}

/** @throws StageProblem where the backend has no products on bfloat16. */
export function precisionOf({ fields: { precision }, backend }: StageContext<'train'>): Precision {
  if (precision === 'bfloat16' && backend === 'cpu') {
    throw new StageProblem(
      'the cpu backend computes in float32 alone',
      ['precision'],
      'Run it with `--backend native`, or say `precision: float32`.',
    );
  }
  return precision;
}

/** A bound for a layer that is not there would bound nothing, without a word. */
function requireLayers(bounds: Readonly<Record<string, unknown>>, { parameters }: Network): void {
  const layers = [...new Set(parameters.map(({ name }) => name.slice(0, name.lastIndexOf('/'))))];
  for (const layer of Object.keys(bounds)) {
    if (layers.some((known) => known === layer || known.startsWith(`${layer}/`))) continue;
    throw new StageProblem(
      `the critic has no layer \`${layer}\` to clip`,
      ['lipschitz', 'layers', layer],
      `Its layers are ${layers.join(', ')}.`,
    );
  }
}

function unsuited(reason: string, field: 'generator' | 'critic'): StageProblem {
  const help = `Choose an \`mlp_${field}\`, or other layers, or another dataset or \`resize\`.`;
  return new StageProblem(`the ${field} does not suit the dataset: ${reason}`, [field], help);
}

import { required } from '../base/invariant.js';
import { oneHot } from '../base/one-hot.js';
import { sizeOf } from '../base/shape.js';
import { RandomStream, type StreamName } from '../base/streams.js';
import { type ClassCounts, drawClasses } from './classes.js';
import type { Constraint } from './constraint.js';
import type { DiffAugment } from './diff-augment.js';
import { type PenaltyDraw, penaltyOf } from './gradient-penalty.js';
import type * as tf from './tf.js';

/**
 * What a step takes beside samples and noise: random numbers of a penalty, and of DiffAugment for real and fake; and the classes of
 * samples, a 1 for each among zeros.
 */
export type DrawName = PenaltyDraw | 'augment_real' | 'augment_fake' | 'classes';

/** As fed to a step; see `drawShapes`. */
export type Draws = Readonly<Partial<Record<DrawName, tf.Tensor>>>;
/** The same before they are tensors, row-major. */
export type Drawn = Readonly<Partial<Record<DrawName, Float32Array>>>;

/** A critic step, a generator step, or a look at the critic's loss. */
export type StepKind = 'critic' | 'generator' | 'probe';

/** What of a model decides what is drawn. */
interface DrawingModel {
  readonly constraint: Constraint;
  readonly augment?: DiffAugment;
  readonly classes?: ClassCounts;
  readonly critic: { readonly inputShape: readonly number[] };
}

/** What a step of a kind draws, and its shapes for a batch. */
export function drawShapes(
  { constraint, augment, classes, critic }: DrawingModel,
  kind: StepKind,
  batchSize: number,
): Readonly<Partial<Record<DrawName, readonly number[]>>> {
  const ofPenalty = kind === 'critic' ? (penaltyOf(constraint)?.draws ?? []) : [];
  const augmented: readonly DrawName[] =
    augment === undefined ? [] : kind === 'generator' ? ['augment_fake'] : ['augment_real', 'augment_fake'];
  const shapes: Readonly<Record<DrawName, readonly number[]>> = {
    mix: [batchSize],
    noise: [batchSize, ...critic.inputShape],
    augment_real: [batchSize, augment?.numbers ?? 0],
    augment_fake: [batchSize, augment?.numbers ?? 0],
    classes: [batchSize, classes?.length ?? 0],
  };
  const told: readonly DrawName[] = classes === undefined ? [] : ['classes'];
  return Object.fromEntries([...ofPenalty, ...augmented, ...told].map((name) => [name, shapes[name]]));
}

/**
 * @param stream `purpose`: what the step is for, as `critic`; what is drawn has streams of its own, as `mix/critic`. `counter`:
 * which of these steps.
 * @param real The classes of the step's real samples: its generated ones are of the same. Where there are none, classes are drawn.
 */
export function drawsOf(
  model: DrawingModel,
  kind: StepKind,
  batchSize: number,
  { purpose, ...stream }: StreamName,
  real?: Int32Array,
): Drawn {
  const augmenting = (of: 'real' | 'fake') =>
    required(model.augment, 'augmentation').draw(batchSize, { ...stream, purpose: `${purpose}/${of}` });
  const values = (name: DrawName, shape: readonly number[]): Float32Array => {
    switch (name) {
      case 'mix':
      case 'noise':
        return new RandomStream({ ...stream, purpose: `${name}/${purpose}` }).uniform(sizeOf(shape));
      case 'augment_real':
        return augmenting('real');
      case 'augment_fake':
        return augmenting('fake');
      case 'classes': {
        const counts = required(model.classes, 'classes');
        const drawn = real ?? drawClasses(counts, batchSize, { ...stream, purpose: `classes/${purpose}` });
        return oneHot(drawn, counts.length);
      }
    }
  };
  const shapes = Object.entries(drawShapes(model, kind, batchSize));
  return Object.fromEntries(shapes.map(([name, shape]) => [name, values(name as DrawName, shape)]));
}

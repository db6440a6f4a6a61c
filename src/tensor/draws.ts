import { required } from '../base/invariant.js';
import { sizeOf } from '../base/shape.js';
import { RandomStream, type StreamName } from '../base/streams.js';
import type { Constraint } from './constraint.js';
import type { DiffAugment } from './diff-augment.js';
import { type PenaltyDraw, penaltyOf } from './gradient-penalty.js';
import type * as tf from './tf.js';

/** Random numbers that a step takes beside its noise: those of a penalty, and those of DiffAugment for real and fake. */
export type DrawName = PenaltyDraw | 'augment_real' | 'augment_fake';

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
  readonly critic: { readonly inputShape: readonly number[] };
}

/** What a step of a kind draws, and its shapes for a batch. */
export function drawShapes(
  { constraint, augment, critic }: DrawingModel,
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
  };
  return Object.fromEntries([...ofPenalty, ...augmented].map((name) => [name, shapes[name]]));
}

/**
 * @param stream `purpose`: what the step is for, as `critic`; what is drawn has streams of its own, as `mix/critic`. `counter`:
 * which of these steps.
 */
export function drawsOf(
  model: DrawingModel,
  kind: StepKind,
  batchSize: number,
  { purpose, ...stream }: StreamName,
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
    }
  };
  const shapes = Object.entries(drawShapes(model, kind, batchSize));
  return Object.fromEntries(shapes.map(([name, shape]) => [name, values(name as DrawName, shape)]));
}

import type { SavedState } from '../execute/contract.js';
import type { Trainer } from '../tensor/trainer.js';

/** Where a training is between two generator steps, beside what its trainer remembers. */
export interface TrainingPosition {
  readonly generatorSteps: number;
  /** The steps of which snapshots have been written, ascending. */
  readonly snapshots: readonly number[];
  /** Whether it has been told that the losses are no longer finite. */
  readonly diverged: boolean;
}

export const atTheBeginning: TrainingPosition = { generatorSteps: 0, snapshots: [], diverged: false };

/** @param total Generator steps of the whole training. */
export function savedTraining(
  trainer: Trainer,
  { snapshots, diverged }: Omit<TrainingPosition, 'generatorSteps'>,
  total: number,
): SavedState {
  const { criticSteps, generatorSteps, tensors } = trainer.save();
  return {
    at: `generator step ${generatorSteps} of ${total}`,
    step: generatorSteps,
    position: { critic_steps: criticSteps, snapshots, diverged },
    tensors,
  };
}

/** Sets a trainer of the same training to what was saved. */
export function resumeTraining(trainer: Trainer, { step, position, tensors }: SavedState): TrainingPosition {
  // It is what `savedTraining` wrote: the code that does is part of the stage's key.
  const { critic_steps, snapshots, diverged } = position as unknown as WrittenPosition;
  trainer.restore({ criticSteps: critic_steps, generatorSteps: step, tensors });
  return { generatorSteps: step, snapshots, diverged };
}

interface WrittenPosition {
  readonly critic_steps: number;
  readonly snapshots: readonly number[];
  readonly diverged: boolean;
}

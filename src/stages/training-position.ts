import type { SavedState } from '../execute/contract.js';
import type { Trainer } from '../tensor/trainer.js';
import type { TrainingLimit } from './training-limit.js';

/** Where a training is between two generator steps, beside what its trainer remembers. */
export interface TrainingPosition {
  readonly generatorSteps: number;
  /** The steps of which snapshots have been written, ascending. */
  readonly snapshots: readonly number[];
  /** Whether it has been told that the losses are no longer finite. */
  readonly diverged: boolean;
  /** Spent of a budget on the clock; 0 with another budget. */
  readonly seconds: number;
}

export const atTheBeginning: TrainingPosition = {
  generatorSteps: 0,
  snapshots: [],
  diverged: false,
  seconds: 0,
};

export function savedTraining(
  trainer: Trainer,
  { snapshots, diverged }: Pick<TrainingPosition, 'snapshots' | 'diverged'>,
  { at, passed }: TrainingLimit,
): SavedState {
  const { criticSteps, generatorSteps, tensors } = trainer.save();
  const position: WrittenPosition = { critic_steps: criticSteps, snapshots, diverged, seconds: passed() };
  return { at: at(generatorSteps), step: generatorSteps, position: { ...position }, tensors };
}

/** Sets a trainer of the same training to what was saved. */
export function resumeTraining(trainer: Trainer, { step, position, tensors }: SavedState): TrainingPosition {
  // It is what `savedTraining` wrote: the code that does is part of the stage's key.
  const { critic_steps, ...rest } = position as unknown as WrittenPosition;
  trainer.restore({ criticSteps: critic_steps, generatorSteps: step, tensors });
  return { generatorSteps: step, ...rest };
}

interface WrittenPosition extends Omit<TrainingPosition, 'generatorSteps'> {
  readonly critic_steps: number;
}

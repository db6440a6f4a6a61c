import type { SavedState } from '../execute/contract.js';
import type { TrainerState } from '../tensor/trainer.js';
import { KeptStates, keptStatesOf, ownTensors, type KeptSteps } from './kept-states.js';

/** Where a training is between two generator steps, beside what its trainer remembers. */
export interface TrainingPosition {
  /** The steps of which snapshots have been written, ascending. */
  readonly snapshots: readonly number[];
  /** Whether it has been told that the losses are no longer finite. */
  readonly toldDiverged: boolean;
  /** Spent of a budget on the clock; 0 with another budget. */
  readonly seconds: number;
  /** How often it has gone back to an earlier state. */
  readonly attempt: number;
}

export const atTheBeginning: TrainingPosition = {
  snapshots: [],
  toldDiverged: false,
  seconds: 0,
  attempt: 0,
};

/** @param at As a note is to say it. */
export function savedTraining(
  at: string,
  { criticSteps, generatorSteps, tensors }: TrainerState,
  kept: KeptStates,
  position: TrainingPosition,
): SavedState {
  const written: WrittenPosition = { critic_steps: criticSteps, kept: kept.steps, ...position };
  return {
    at,
    step: generatorSteps,
    position: { ...written, kept: written.kept.map((steps) => ({ ...steps })) },
    tensors: new Map([...tensors, ...kept.tensors]),
  };
}

/** What `savedTraining` was given; `every` is that of the kept states. */
export function restoredTraining({ step, position, tensors }: SavedState, every: number) {
  // It is what `savedTraining` wrote: the code that does is part of the stage's key.
  const { critic_steps, kept, ...rest } = position as unknown as WrittenPosition;
  const state: TrainerState = {
    criticSteps: critic_steps,
    generatorSteps: step,
    tensors: ownTensors(tensors),
  };
  const restored: TrainingPosition = rest;
  return { state, kept: new KeptStates(every, keptStatesOf(kept, tensors)), position: restored };
}

interface WrittenPosition extends TrainingPosition {
  readonly critic_steps: number;
  readonly kept: readonly KeptSteps[];
}

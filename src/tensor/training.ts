import { required } from '../base/invariant.js';
import type { Weights } from './network.js';
import type { Rates } from './optimizers.js';
import type { NetworkRole } from './state.js';
import type { AdversarialModel } from './steps.js';

/** All that a training depends on, beside what each iteration is given. */
export interface TrainingSetup {
  readonly model: AdversarialModel;
  /** n_critic. */
  readonly criticIterations: number;
  readonly batchSize: number;
  /** Of the initial weights. */
  readonly seed: number;
}

/** What one generator iteration is given. */
export interface IterationInputs {
  /** One for each critic step, in order. */
  readonly critic: readonly {
    /** [batch, ...sample shape] */
    readonly real: Float32Array;
    /** [batch, z_dim] */
    readonly latent: Float32Array;
    /** [batch] in [0, 1): the share of the real sample where the gradient penalty looks. Given where there is one. */
    readonly mix?: Float32Array;
    readonly rates: Rates;
  }[];
  readonly generator: {
    /** [batch, z_dim] */
    readonly latent: Float32Array;
    readonly rates: Rates;
  };
}

/** Of one generator iteration: what the objective and the gradient penalty come to, each before the update that it led to. */
export interface Losses {
  /** Of the last of the iteration's critic steps, as the reference code logs it. */
  readonly critic: number;
  readonly generator: number;
  /** Of the same critic step, without the factor lambda; absent where there is none. */
  readonly penalty?: number;
}

/** Weights and slots, wherever they are held, and how they change. */
export interface Training {
  /** n_critic critic steps, then one generator step. */
  iterate(inputs: IterationInputs): Losses;
  /** Every bit of the state, by the names of `weightName` and `slotName`. */
  read(): ReadonlyMap<string, Float32Array>;
  /** Sets the state to what `read` returned, of this training or of one with the same setup. */
  write(values: ReadonlyMap<string, Float32Array>): void;
  /** Valid until the next iteration; the training disposes of them. */
  weights(role: NetworkRole): Weights;
  dispose(): void;
}

export type StartTraining = (setup: TrainingSetup) => Training;

/** Losses out of their values, in this order: the critic's, the generator's, and the penalty if there is one. */
export function lossesOf([critic, generator, penalty]: ArrayLike<number> & Iterable<number>): Losses {
  return {
    critic: required(critic, 'the critic’s loss'),
    generator: required(generator, 'the generator’s loss'),
    ...(penalty !== undefined && { penalty }),
  };
}

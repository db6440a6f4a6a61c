import { required } from '../base/invariant.js';
import type { Drawn } from './draws.js';
import type { Weights } from './network.js';
import type { Rates } from './optimizers.js';
import type { NetworkRole } from './state.js';
import type { AdversarialModel } from './steps.js';

/**
 * What products of matrices and convolutions read and give: bfloat16 is a float32 with 8 bits of significand in place of
 * 24. Their sums, all other operations, weights and slots are float32 in both.
 */
export type Precision = 'float32' | 'bfloat16';

/** All that a training depends on, beside what each iteration is given. */
export interface TrainingSetup {
  readonly model: AdversarialModel;
  /** Critic steps of each `iterate`: n_critic where it is constant. */
  readonly criticIterations: number;
  /** Whether `criticStep` and `criticLoss` are called, too. */
  readonly hasLooseSteps: boolean;
  readonly batchSize: number;
  /** float32 unless given; bfloat16 in a graph alone. */
  readonly precision?: Precision;
  /** Of the initial weights. */
  readonly seed: number;
}

/** What one critic step is given. */
export interface CriticInputs {
  /** [batch, ...sample shape] */
  readonly real: Float32Array;
  /** [batch, z_dim] */
  readonly latent: Float32Array;
  /** All that `drawShapes` names, in these shapes. */
  readonly draws: Drawn;
  readonly rates: Rates;
}

/** What the critic's loss is computed from. */
export type CriticBatch = Omit<CriticInputs, 'rates'>;

/** What one generator iteration is given. */
export interface IterationInputs {
  /** One for each critic step, in order: as many as the setup says. */
  readonly critic: readonly CriticInputs[];
  readonly generator: {
    /** [batch, z_dim] */
    readonly latent: Float32Array;
    /** As a critic step's; given where there are any. */
    readonly draws?: Drawn;
    readonly rates: Rates;
    /** How much of its way to the new weights the average goes, in (0, 1]; given where there is an average. */
    readonly averaging?: number;
  };
}

/** Of a critic step: what the objective and the penalty come to, each before the update that it led to. */
export interface CriticLosses {
  readonly critic: number;
  /** Without its factor; absent where there is none. */
  readonly penalty?: number;
}

export interface IterationLosses {
  readonly generator: number;
  /** Of the last of the iteration's critic steps, as the reference code logs it; undefined where there are none. */
  readonly critic: CriticLosses | undefined;
}

/** Of one generator iteration, its last critic step being the critic's. */
export interface Losses extends CriticLosses {
  readonly generator: number;
}

/** Weights and slots, wherever they are held, and how they change. */
export interface Training {
  /** The setup's number of critic steps, then one generator step. */
  iterate(inputs: IterationInputs): IterationLosses;
  /** A critic step by itself. */
  criticStep(inputs: CriticInputs): CriticLosses;
  /** What the objective comes to for the critic, with the weights as they are. */
  criticLoss(batch: CriticBatch): number;
  /** Every bit of the state, by the names of `weightName` and `slotName`. */
  read(): ReadonlyMap<string, Float32Array>;
  /** Sets the state to what `read` returned, of this training or of one with the same setup. */
  write(values: ReadonlyMap<string, Float32Array>): void;
  /** Valid until the next step; the training disposes of them. `average` is the generator's. */
  weights(of: NetworkRole | 'average'): Weights;
  dispose(): void;
}

export type StartTraining = (setup: TrainingSetup) => Training;

/** Out of the values of a critic's loss and of its penalty, if there is one. */
export function criticLossesOf([critic, penalty]: ArrayLike<number> & Iterable<number>): CriticLosses {
  return {
    critic: required(critic, 'the critic’s loss'),
    ...(penalty !== undefined && { penalty }),
  };
}

/** Out of the values of the generator's loss, then of the last critic step's as above, if there is one. */
export function iterationLossesOf(values: Float32Array): IterationLosses {
  return {
    generator: required(values[0], 'the generator’s loss'),
    critic: values.length > 1 ? criticLossesOf(values.subarray(1)) : undefined,
  };
}

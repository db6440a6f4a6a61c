import { invariant } from '../base/invariant.js';
import { sizeOf } from '../base/shape.js';
import { RandomStream } from '../base/streams.js';
import { BatchOrder, type RealSamples } from './batches.js';
import type { Weights } from './network.js';
import {
  type NetworkRole,
  type TrainingState,
  disposeState,
  initialState,
  readState,
  writeState,
} from './state.js';
import { type AdversarialModel, criticStep, generatorStep } from './steps.js';
import * as tf from './tf.js';

/** How steps are computed: kernel by kernel here; a recorded graph takes the same arguments. */
export interface TrainingSteps {
  readonly critic: typeof criticStep;
  readonly generator: typeof generatorStep;
}

const eager: TrainingSteps = { critic: criticStep, generator: generatorStep };

export interface TrainerOptions {
  /** n_critic. */
  readonly criticIterations: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Each has noise of its own; batches and initial weights are the same in all. 0 unless given. */
  readonly attempt?: number;
}

/** All that the iterations to come depend on, beside the options: read between two iterations. */
export interface TrainerState {
  readonly criticSteps: number;
  readonly generatorSteps: number;
  /** Weights, the optimisers' slots and step counts, by name. */
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

/** Of one generator iteration, each before the update that it led to. */
export interface Losses {
  /** Of the last of the iteration's critic steps, as the reference code logs it. */
  readonly critic: number;
  readonly generator: number;
}

/**
 * Algorithm 1 of arXiv 1701.07875. Weights, batches and noise depend on the seed and on the step alone, so that
 * trainings that share a seed share them too.
 */
export class Trainer {
  readonly #model: AdversarialModel;
  readonly #samples: RealSamples;
  readonly #options: TrainerOptions;
  readonly #steps: TrainingSteps;
  readonly #batches: BatchOrder;
  readonly #state: TrainingState;
  #criticSteps = 0;
  #generatorSteps = 0;

  constructor(
    model: AdversarialModel,
    samples: RealSamples,
    options: TrainerOptions,
    steps: TrainingSteps = eager,
  ) {
    invariant(options.criticIterations >= 1, 'a generator step follows at least one critic step');
    this.#model = model;
    this.#samples = samples;
    this.#options = options;
    this.#steps = steps;
    this.#batches = new BatchOrder({ ...options, samples: samples.count });
    const initial = (role: NetworkRole) =>
      initialState(model[role], model.optimizers[role].slots, { seed: options.seed, role });
    this.#state = { generator: initial('generator'), critic: initial('critic') };
  }

  /** n_critic critic steps, each on fresh samples and fresh noise, then one generator step on fresh noise. */
  iterate(): Losses {
    const losses = tf.tidy(() => {
      let critic = this.#criticStep();
      for (let k = 1; k < this.#options.criticIterations; k += 1) {
        critic.dispose();
        critic = this.#criticStep();
      }
      // The iteration's one wait for values.
      return tf.stack([critic, this.#generatorStep()]).dataSync<'float32'>();
    });
    const [critic, generator] = losses;
    invariant(critic !== undefined && generator !== undefined, 'an iteration has two losses');
    return { critic, generator };
  }

  /** What `restore` of another trainer with the same options goes on from, to the same bits. */
  save(): TrainerState {
    return {
      criticSteps: this.#criticSteps,
      generatorSteps: this.#generatorSteps,
      tensors: readState(this.#state),
    };
  }

  restore({ criticSteps, generatorSteps, tensors }: TrainerState): void {
    writeState(this.#state, tensors);
    this.#criticSteps = criticSteps;
    this.#generatorSteps = generatorSteps;
  }

  get state(): TrainingState {
    return this.#state;
  }

  weights(role: NetworkRole): Weights {
    return this.#state[role].weights;
  }

  dispose(): void {
    disposeState(this.#state);
  }

  #criticStep(): tf.Scalar {
    return tf.tidy(() => {
      const step = this.#criticSteps;
      this.#criticSteps += 1;
      const indices = this.#batches.batch(step);
      const real = tf.tensor(this.#samples.gather(indices), [indices.length, ...this.#samples.shape]);
      return this.#steps.critic(this.#model, this.#state, real, this.#latent('latent/critic', step));
    });
  }

  #generatorStep(): tf.Scalar {
    return tf.tidy(() => {
      const step = this.#generatorSteps;
      this.#generatorSteps += 1;
      return this.#steps.generator(this.#model, this.#state, this.#latent('latent/generator', step));
    });
  }

  /** [batch, z_dim] from N(0, 1). */
  #latent(purpose: string, step: number): tf.Tensor {
    const shape = [this.#options.batchSize, ...this.#model.generator.inputShape];
    const { seed, attempt = 0 } = this.#options;
    const stream = new RandomStream({ seed, purpose, counter: step, attempt });
    return tf.tensor(stream.normal(sizeOf(shape)), shape);
  }
}

import { invariant } from '../base/invariant.js';
import { sizeOf } from '../base/shape.js';
import { RandomStream } from '../base/streams.js';
import { BatchOrder, type RealSamples } from './batches.js';
import { eagerTraining } from './eager-training.js';
import { libraryBackends } from './library.js';
import type { Weights } from './network.js';
import type { NetworkRole } from './state.js';
import type { AdversarialModel } from './steps.js';
import * as tf from './tf.js';
import { tracedTraining } from './traced/traced-training.js';
import type { IterationInputs, Losses, StartTraining, Training } from './training.js';

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

/** As one TensorFlow graph where TensorFlow's library computes, else kernel by kernel. */
const startTraining: StartTraining = (setup) =>
  tf.getBackend() === libraryBackends.computing ? tracedTraining(setup) : eagerTraining(setup);

/**
 * Algorithm 1 of arXiv 1701.07875. Weights, batches and noise depend on the seed and on the step alone, so that
 * trainings that share a seed share them too.
 */
export class Trainer {
  readonly #model: AdversarialModel;
  readonly #samples: RealSamples;
  readonly #options: TrainerOptions;
  readonly #batches: BatchOrder;
  readonly #training: Training;
  #criticSteps = 0;
  #generatorSteps = 0;

  constructor(
    model: AdversarialModel,
    samples: RealSamples,
    options: TrainerOptions,
    start: StartTraining = startTraining,
  ) {
    invariant(options.criticIterations >= 1, 'a generator step follows at least one critic step');
    this.#model = model;
    this.#samples = samples;
    this.#options = options;
    this.#batches = new BatchOrder({ ...options, samples: samples.count });
    this.#training = start({ model, ...options });
  }

  /** n_critic critic steps, each on fresh samples and fresh noise, then one generator step on fresh noise. */
  iterate(): Losses {
    const { criticIterations } = this.#options;
    const losses = this.#training.iterate({
      critic: Array.from({ length: criticIterations }, (_, k) => this.#criticInputs(this.#criticSteps + k)),
      generator: this.#generatorInputs(this.#generatorSteps),
    });
    this.#criticSteps += criticIterations;
    this.#generatorSteps += 1;
    return losses;
  }

  /** What `restore` of another trainer with the same options goes on from, to the same bits. */
  save(): TrainerState {
    return {
      criticSteps: this.#criticSteps,
      generatorSteps: this.#generatorSteps,
      tensors: new Map([
        ...this.#training.read(),
        ['critic/step', Float32Array.of(this.#criticSteps)],
        ['generator/step', Float32Array.of(this.#generatorSteps)],
      ]),
    };
  }

  restore({ criticSteps, generatorSteps, tensors }: TrainerState): void {
    const state = new Map(tensors);
    for (const role of ['critic', 'generator']) state.delete(`${role}/step`);
    this.#training.write(state);
    this.#criticSteps = criticSteps;
    this.#generatorSteps = generatorSteps;
  }

  /** Valid until the next iteration. */
  weights(role: NetworkRole): Weights {
    return this.#training.weights(role);
  }

  dispose(): void {
    this.#training.dispose();
  }

  #criticInputs(step: number): IterationInputs['critic'][number] {
    return {
      real: this.#samples.gather(this.#batches.batch(step)),
      latent: this.#latent('latent/critic', step),
      ...(this.#model.penalty !== undefined && { mix: this.#mix(step) }),
      rates: this.#model.optimizers.critic.rates(step + 1),
    };
  }

  #generatorInputs(step: number): IterationInputs['generator'] {
    return {
      latent: this.#latent('latent/generator', step),
      rates: this.#model.optimizers.generator.rates(step + 1),
    };
  }

  /** [batch], uniform in [0, 1). */
  #mix(step: number): Float32Array {
    const { seed, batchSize, attempt = 0 } = this.#options;
    return new RandomStream({ seed, purpose: 'mix/critic', counter: step, attempt }).uniform(batchSize);
  }

  /** [batch, z_dim] from N(0, 1). */
  #latent(purpose: string, step: number): Float32Array {
    const size = sizeOf([this.#options.batchSize, ...this.#model.generator.inputShape]);
    const { seed, attempt = 0 } = this.#options;
    return new RandomStream({ seed, purpose, counter: step, attempt }).normal(size);
  }
}

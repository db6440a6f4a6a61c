import { type CriticIterations, criticStepsBefore } from '../base/critic-iterations.js';
import { required } from '../base/invariant.js';
import { trainUntilNoBetter } from './adaptive-critic.js';
import type { RealSamples } from './batches.js';
import { eagerTraining } from './eager-training.js';
import { libraryBackends } from './library.js';
import type { Weights } from './network.js';
import type { NetworkRole } from './state.js';
import { StepInputs, type StepInputsOptions } from './step-inputs.js';
import type { AdversarialModel } from './steps.js';
import * as tf from './tf.js';
import { tracedTraining } from './traced/traced-training.js';
import type {
  CriticInputs,
  CriticLosses,
  IterationInputs,
  Losses,
  Precision,
  StartTraining,
  Training,
} from './training.js';

export interface TrainerOptions extends StepInputsOptions {
  readonly criticIterations: CriticIterations;
  /** float32 unless given; bfloat16 where TensorFlow's library computes. */
  readonly precision?: Precision;
  /** What a network's learning rate is multiplied by before so many generator steps are made; 1 unless given. */
  readonly rateFactor?: (role: NetworkRole, generatorSteps: number) => number;
  /** Whether `improvementLeft` is asked for. */
  readonly looksAhead?: boolean;
}

/** All that the iterations to come depend on, beside the options: read between two iterations. */
export interface TrainerState {
  readonly criticSteps: number;
  readonly generatorSteps: number;
  /** Weights, the optimisers' slots and step counts, by name. */
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

/** What the critic's loss is looked at with. */
export interface LookedAt extends Pick<CriticInputs, 'real' | 'latent'> {
  /** The classes of the real samples, where they have some. */
  readonly labels?: Int32Array;
}

/** What an iteration came to. */
export interface IterationResult extends Losses {
  /** Critic steps in it. */
  readonly criticIterations: number;
}

/** As one TensorFlow graph where TensorFlow's library computes, else kernel by kernel. */
const startTraining: StartTraining = (setup) =>
  tf.getBackend() === libraryBackends.computing ? tracedTraining(setup) : eagerTraining(setup);

/**
 * Algorithm 1 of arXiv 1701.07875. Weights, batches, noise and augmentation depend on the seed and on the step alone, so that
 * trainings that share a seed share them too.
 */
export class Trainer {
  readonly #model: AdversarialModel;
  readonly #options: TrainerOptions;
  readonly #inputs: StepInputs;
  readonly #training: Training;
  #criticSteps = 0;
  #generatorSteps = 0;
  /** Critic steps of the last iteration. */
  #lastSteps = 1;

  constructor(
    model: AdversarialModel,
    samples: RealSamples,
    options: TrainerOptions,
    start: StartTraining = startTraining,
  ) {
    this.#model = model;
    this.#options = options;
    this.#inputs = new StepInputs(model, samples, options);
    const { criticIterations, batchSize, precision = 'float32', seed, looksAhead = false } = options;
    this.#training = start({
      model,
      criticIterations: fusedSteps(criticIterations),
      hasLooseSteps: criticIterations.type !== 'constant' || looksAhead,
      batchSize,
      precision,
      seed,
    });
  }

  /**
   * Before `iterate`, where samples are not in memory: waits for the batches of the iteration, and has those of the next one
   * read meanwhile. What is not read by then is read when it is wanted.
   */
  async prepare(): Promise<void> {
    const [steps, made] = [this.#criticSteps, this.#generatorSteps];
    const count = this.#stepsOf(made);
    const probes = this.#options.criticIterations.type === 'adaptive' ? 1 : 0;
    await this.#inputs.readAhead('critic', steps, count);
    await this.#inputs.readAhead('probe', made, probes);
    void this.#inputs.readAhead('critic', steps + count, this.#stepsOf(made + 1));
    void this.#inputs.readAhead('probe', made + 1, probes);
  }

  /** The critic's steps, each on fresh samples and fresh noise, then one generator step on fresh noise. */
  iterate(): IterationResult {
    const before = this.#criticSteps;
    const loose = this.#looseSteps();
    const { generator, critic } = this.#training.iterate({
      critic: Array.from({ length: fusedSteps(this.#options.criticIterations) }, () => this.#criticInputs()),
      generator: this.#generatorInputs(),
    });
    this.#generatorSteps += 1;
    this.#lastSteps = this.#criticSteps - before;
    const last = required(critic ?? loose, 'a critic step');
    return { ...last, generator, criticIterations: this.#lastSteps };
  }

  /**
   * How far the critic is from the best that it can do: by how much its loss on a batch falls in so many steps more, the
   * generator standing still. They are on samples and noise drawn apart from the training's own, which goes on as if there
   * had been none, to the same bits.
   */
  improvementLeft({ labels, ...batch }: LookedAt, steps: number): number {
    const state = this.#training.read();
    const look = { ...batch, draws: this.#inputs.look(labels) };
    const before = this.#training.criticLoss(look);
    for (let made = 0; made < steps; made += 1) {
      this.#training.criticStep({
        ...this.#inputs.critic('ahead', this.#generatorSteps * steps + made),
        rates: this.#criticRates(this.#criticSteps + made),
      });
    }
    const after = this.#training.criticLoss(look);
    this.#training.write(state);
    return before - after;
  }

  /** In all iterations so far. */
  get criticSteps(): number {
    return this.#criticSteps;
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

  /** Valid until the next iteration. `average` is the generator's, where the model has one. */
  weights(of: NetworkRole | 'average'): Weights {
    return this.#training.weights(of);
  }

  dispose(): void {
    this.#training.dispose();
  }

  /** Critic steps of the iteration after so many generator steps; of an adaptive rule, what the last one took. */
  #stepsOf(generatorSteps: number): number {
    const { criticIterations: rule } = this.#options;
    return rule.type === 'adaptive' ? this.#lastSteps : criticStepsBefore(rule, generatorSteps);
  }

  /** Those that do not belong to every iteration. */
  #looseSteps(): CriticLosses | undefined {
    const { criticIterations: rule } = this.#options;
    const step = () => this.#training.criticStep(this.#criticInputs());
    if (rule.type === 'adaptive') {
      const probe = this.#inputs.critic('probe', this.#generatorSteps);
      return trainUntilNoBetter(rule, { step, loss: () => this.#training.criticLoss(probe) });
    }
    const rest = criticStepsBefore(rule, this.#generatorSteps) - fusedSteps(rule);
    for (let made = 0; made < rest; made += 1) step();
    return undefined;
  }

  /** Of the next critic step. */
  #criticInputs(): CriticInputs {
    const step = this.#criticSteps;
    this.#criticSteps += 1;
    return {
      ...this.#inputs.critic('critic', step),
      rates: this.#criticRates(step),
    };
  }

  /** @param step Of the critic, from 0. */
  #criticRates(step: number): CriticInputs['rates'] {
    return this.#model.optimizers.critic.rates(step + 1, this.#rateFactor('critic'));
  }

  /** Of the next generator step. */
  #generatorInputs(): IterationInputs['generator'] {
    const step = this.#generatorSteps;
    const { average, optimizers } = this.#model;
    return {
      ...this.#inputs.generator(step),
      rates: optimizers.generator.rates(step + 1, this.#rateFactor('generator')),
      ...(average && { averaging: step < average.start ? 1 : 1 - average.decay }),
    };
  }

  #rateFactor(role: NetworkRole): number {
    return this.#options.rateFactor?.(role, this.#generatorSteps) ?? 1;
  }
}

/** Critic steps that every iteration has, and that are one call with the generator's. */
function fusedSteps(iterations: CriticIterations): number {
  switch (iterations.type) {
    case 'constant':
      return iterations.count;
    case 'schedule':
      return Math.min(iterations.count, iterations.boost);
    case 'adaptive':
      return 0;
  }
}

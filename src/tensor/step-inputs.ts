import { sizeOf } from '../base/shape.js';
import { RandomStream, type StreamName } from '../base/streams.js';
import { BatchOrder, type RealSamples } from './batches.js';
import { type Drawn, drawsOf } from './draws.js';
import { type FlipAndCrop, flippedAndCropped } from './flip-and-crop.js';
import { RealBatches } from './real-batches.js';
import type { AdversarialModel } from './steps.js';
import type { CriticBatch, IterationInputs } from './training.js';

export interface StepInputsOptions {
  readonly batchSize: number;
  /** Of initial weights, too. */
  readonly seed: number;
  /** Each has noise and augmentation of its own; batches and initial weights are the same in all. 0 unless given. */
  readonly attempt?: number;
  /** Of real images; none unless given. */
  readonly flipAndCrop?: FlipAndCrop;
}

/** Of critic steps: those of the training, those that look ahead, and looks at the loss of an adaptive critic. */
type CriticPurpose = 'critic' | 'ahead' | 'probe';

/** Batches, noise, and what else steps draw: functions of the seed, the try and the step. */
export class StepInputs {
  readonly #model: AdversarialModel;
  readonly #samples: RealSamples;
  readonly #options: StepInputsOptions;
  readonly #batches: Readonly<Record<CriticPurpose, RealBatches>>;

  constructor(model: AdversarialModel, samples: RealSamples, options: StepInputsOptions) {
    const { seed, batchSize } = options;
    const batches = (purpose: string) =>
      new RealBatches(samples, new BatchOrder({ seed, batchSize, samples: samples.count, purpose }));
    this.#model = model;
    this.#samples = samples;
    this.#options = options;
    this.#batches = {
      critic: batches('batches'),
      ahead: batches('batches/ahead'),
      probe: batches('batches/probe'),
    };
  }

  /** @param step Of this purpose, from 0. */
  critic(purpose: CriticPurpose, step: number): CriticBatch {
    const kind = purpose === 'probe' ? 'probe' : 'critic';
    const stream = this.#stream(purpose, step);
    return {
      real: this.#real(purpose, step),
      latent: this.#latent(stream),
      draws: drawsOf(this.#model, kind, this.#options.batchSize, stream, this.#labels(purpose, step)),
    };
  }

  /** Has the real samples of some steps read, where samples are not in memory; resolves when they are there. */
  readAhead(purpose: CriticPurpose, first: number, count: number): Promise<void> {
    return this.#batches[purpose].readAhead(first, count);
  }

  generator(step: number): Pick<IterationInputs['generator'], 'latent' | 'draws'> {
    const stream = this.#stream('generator', step);
    return {
      latent: this.#latent(stream),
      draws: drawsOf(this.#model, 'generator', this.#options.batchSize, stream),
    };
  }

  /** What a look at the critic's loss draws, always the same. @param labels Of the real samples, where they have some. */
  look(labels: Int32Array | undefined): Drawn {
    const { seed, batchSize } = this.#options;
    return drawsOf(this.#model, 'probe', batchSize, { seed, purpose: 'look' }, labels);
  }

  #labels(purpose: CriticPurpose, step: number): Int32Array | undefined {
    return this.#model.classes && this.#batches[purpose].labels(step);
  }

  #real(purpose: CriticPurpose, step: number): Float32Array {
    const real = this.#batches[purpose].take(step);
    const { flipAndCrop } = this.#options;
    return flipAndCrop === undefined
      ? real
      : flippedAndCropped(real, this.#samples.shape, flipAndCrop, this.#stream(purpose, step));
  }

  /** [batch, z_dim] from N(0, 1). */
  #latent({ purpose, ...stream }: StreamName): Float32Array {
    const size = sizeOf([this.#options.batchSize, ...this.#model.generator.inputShape]);
    return new RandomStream({ ...stream, purpose: `latent/${purpose}` }).normal(size);
  }

  #stream(purpose: CriticPurpose | 'generator', counter: number): StreamName {
    const { seed, attempt = 0 } = this.#options;
    return { seed, purpose, counter, attempt };
  }
}

import { required } from '../base/invariant.js';
import { sizeOf } from '../base/shape.js';
import { RandomStream } from '../base/streams.js';
import { oneHot } from '../base/one-hot.js';
import type { RealSamples } from './batches.js';
import { mostFrequent } from './classes.js';
import type { Weights } from './network.js';
import type { NetworkRole } from './state.js';
import type { AdversarialModel } from './steps.js';
import * as tf from './tf.js';

/** Values that differ by less, in parts of their size, differ by rounding. */
const rounding = 1e-6;

/** Noises; and samples of the data, where there are as many. */
const probed = 64;

type Probed = Pick<AdversarialModel, 'generator' | 'critic' | 'classes'>;

/** Asks both networks, always for the same samples and noise, whether they still answer differently to each. */
export class CollapseProbe {
  readonly #networks: Probed;
  readonly #real: tf.Tensor;
  readonly #latent: tf.Tensor;

  constructor(networks: Probed, samples: RealSamples, seed: number) {
    this.#networks = networks;
    const count = Math.min(probed, samples.count);
    const first = Int32Array.from({ length: count }, (_, index) => index);
    // As many of one generator's samples, however small the split is: one alone would not differ from any other.
    const shape = [probed, ...networks.generator.inputShape];
    const noise = new RandomStream({ seed, purpose: 'latent/collapse' });
    this.#real = tf.tensor(samples.gather(first), [count, ...samples.shape]);
    this.#latent = tf.tensor(noise.normal(sizeOf(shape)), shape);
  }

  /**
   * The network that answers the same whatever it is given, if there is one: the generator where no value of its
   * samples differs from sample to sample, the critic where it scores all samples alike, real and generated. No
   * gradient comes from either. Answers are compared up to float32's rounding. Networks that are told classes are told one class for all:
   * what differs from class to class alone is no answer to a sample, or to noise.
   */
  collapsed(weights: Readonly<Record<NetworkRole, Weights>>): NetworkRole | undefined {
    const { generator, critic } = this.#networks;
    const [samples, scores] = tf.tidy(() => {
      const fake = generator.forward(weights.generator, this.#latent, this.#oneClass(this.#latent));
      // Apart, as in training: batch norm has statistics of each batch.
      const both = [this.#real, fake].map((batch) =>
        critic.forward(weights.critic, batch, this.#oneClass(batch)),
      );
      return tf.stack([relativeSpread(fake), relativeSpread(tf.concat(both))]).dataSync<'float32'>();
    });
    if (required(samples, 'spread of samples') <= rounding) return 'generator';
    return required(scores, 'spread of scores') <= rounding ? 'critic' : undefined;
  }

  /** The most frequent class, for each sample of the batch; undefined where networks are told none. */
  #oneClass({ shape: [count = 0] }: tf.Tensor): tf.Tensor | undefined {
    const { classes } = this.#networks;
    if (classes === undefined) return undefined;
    const labels = new Int32Array(count).fill(mostFrequent(classes));
    return tf.tensor(oneHot(labels, classes.length), [count, classes.length]);
  }

  dispose(): void {
    tf.dispose([this.#real, this.#latent]);
  }
}

/** The widest range of a value over the batch, in parts of the largest of all values; 0 where all are 0. */
function relativeSpread(batch: tf.Tensor): tf.Tensor {
  const rows = batch.reshape([batch.shape[0], -1]);
  const range = rows.max(0).sub(rows.min(0)).max();
  return range.divNoNan(rows.abs().max());
}

/** Whether no weight is NaN or infinite. */
export function areFinite(weights: Weights): boolean {
  return tf.tidy(() => {
    const zeros = Object.values(weights).map((weight) => weight.mul(0).sum());
    return tf.addN(zeros).dataSync<'float32'>()[0] === 0;
  });
}

import type * as tf from '../tf.js';
import type { InputPort } from './fault.js';

/** What came out of one output. */
export interface NetworkOutput {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** A network of the user's, loaded. */
export interface FeatureNetwork {
  readonly input: InputPort;
  /**
   * @param images float32 as its input is shaped; rounded to whole numbers where that is uint8
   * @throws Error where the network cannot be run, in the library's words.
   */
  readonly run: (images: tf.Tensor4D) => {
    readonly features: NetworkOutput;
    readonly logits?: NetworkOutput;
  };
}

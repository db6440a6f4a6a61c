import { invariant } from '../../base/invariant.js';
import { err, ok, type Result } from '../../base/result.js';
import { sizeOf } from '../../base/shape.js';
import { RandomStream } from '../../base/streams.js';
import type { ClassifiedPart } from '../classifying.js';
import { memoryFault } from '../out-of-memory.js';
import * as tf from '../tf.js';
import type { ModelFault } from './fault.js';
import type { FeatureNetwork, NetworkOutput } from './feature-network.js';
import { type Preparation, preparedImages } from './prepared-images.js';

/** A network of the user's, and how it is given images of one shape. */
export interface Finder {
  readonly network: FeatureNetwork;
  readonly preparation: Preparation;
  /** [height, width, channels], before they are prepared. */
  readonly shape: readonly [number, number, number];
  /** Images that it is given at once; the last batch is filled up. */
  readonly batch: number;
}

/** How many numbers it finds in an image. */
export interface FoundSizes {
  readonly features: number;
  /** Where it tells classes. */
  readonly classes?: number;
}

/**
 * Features, and probabilities of classes where the network tells them, of samples in their order.
 * @param values pixels from -1 to 1, one image after another, of any number
 */
export function foundFeatures(
  finder: Finder,
  sizes: FoundSizes,
  values: Float32Array,
): Result<ClassifiedPart, ModelFault> {
  const { batch } = finder;
  const size = sizeOf(finder.shape);
  const count = values.length / size;
  invariant(Number.isInteger(count), 'whole images');
  const { features: width, classes = 0 } = sizes;
  const features = new Float32Array(count * width);
  const probabilities = new Float32Array(count * classes);
  for (let start = 0; start < count; start += batch) {
    const rows = Math.min(batch, count - start);
    const found = ofBatch(finder, values.subarray(start * size, (start + rows) * size));
    if (!found.ok) return found;
    const { features: part, logits } = found.value;
    if (part.width !== width || (logits?.width ?? 0) !== classes) {
      return err({ at: 'path', message: 'how many features it finds changes from batch to batch' });
    }
    features.set(part.values.subarray(0, rows * width), start * width);
    if (logits) probabilities.set(softmax(logits).subarray(0, rows * classes), start * classes);
  }
  return ok({ count, features, probabilities });
}

/**
 * Finds features in made-up images, so that a network that cannot do it is known before a training.
 * @returns how many it finds
 */
export function triedFinder(finder: Finder): Result<FoundSizes, ModelFault> {
  const [first, other, third] = (['first', 'other', 'third'] as const).map((name) => madeUp(finder, name));
  const beside = (another: Float32Array | undefined) =>
    ofBatch(finder, filled(finder, [first ?? [], another ?? []]));
  const [once, again] = [beside(other), beside(third)];
  if (!once.ok) return once;
  if (!again.ok) return again;
  const { features, logits } = once.value;
  if (isFirstChanged(features, again.value.features) || isFirstChanged(logits, again.value.logits)) {
    return err({
      at: 'path',
      message: 'what it finds in an image depends on the other images of the batch',
      help: 'Export the model in inference mode: batch normalisation with fixed statistics.',
    });
  }
  return ok({ features: features.width, ...(logits && { classes: logits.width }) });
}

function isFirstChanged(before: Rows | undefined, after: Rows | undefined): boolean {
  if (!before || !after) return false;
  const row = before.values.subarray(0, before.width);
  const scale = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return row.some((value, index) => Math.abs(value - (after.values[index] ?? 0)) > independent * scale);
}

/** Of the largest number of a row: kernels may add in another order, and batch statistics change much more. */
const independent = 1e-3;

function madeUp({ shape }: Finder, name: string): Float32Array {
  const stream = new RandomStream({ seed: 0, purpose: `extractor/trial/${name}` });
  return stream.uniform(sizeOf(shape)).map((value) => 2 * value - 1);
}

/** The first of the images, then the second as often as there is room. */
function filled(
  { shape, batch }: Finder,
  [first, second]: readonly [ArrayLike<number>, ArrayLike<number>],
): Float32Array {
  const size = sizeOf(shape);
  const values = new Float32Array(batch * size);
  values.set(first);
  for (let row = 1; row < batch; row++) values.set(second, row * size);
  return values;
}

interface Rows {
  readonly width: number;
  readonly values: Float32Array;
}

function ofBatch(
  { network, preparation, shape, batch }: Finder,
  values: Float32Array,
): Result<{ readonly features: Rows; readonly logits?: Rows }, ModelFault> {
  const size = sizeOf(shape);
  const whole = values.length === batch * size ? values : new Float32Array(batch * size);
  if (whole !== values) whole.set(values);
  const images = preparedImages(whole, shape, preparation);
  const found = ran(network, images);
  images.dispose();
  if (!found.ok) return found;
  const features = rowsOf(found.value.features, 'features', batch, values.length / size);
  if (!features.ok) return features;
  if (!found.value.logits) return ok({ features: features.value });
  const logits = rowsOf(found.value.logits, 'logits', batch, values.length / size);
  return logits.ok ? ok({ features: features.value, logits: logits.value }) : logits;
}

function ran(
  network: FeatureNetwork,
  images: tf.Tensor4D,
): Result<ReturnType<FeatureNetwork['run']>, ModelFault> {
  try {
    return ok(network.run(images));
  } catch (error) {
    if (memoryFault(error) !== undefined) throw error;
    return err({ at: 'path', message: `it cannot be run: ${firstLine(error)}` });
  }
}

function rowsOf(
  { shape, values }: NetworkOutput,
  at: 'features' | 'logits',
  batch: number,
  wanted: number,
): Result<Rows, ModelFault> {
  const [rows, width = 0] = shape;
  if (shape.length !== 2 || rows !== batch || width === 0) {
    return err({
      at,
      message: `this output is of [${shape.join(', ')}] for a batch of ${batch}, and a row of numbers for each image is needed`,
      help: 'Name an output of [batch, numbers], as one behind global pooling.',
    });
  }
  if (!(values instanceof Float32Array)) {
    return err({ at, message: 'this output gives no float32 numbers', help: 'Export it cast to float32.' });
  }
  const place = values.subarray(0, wanted * width).findIndex((value) => !Number.isFinite(value));
  return place < 0
    ? ok({ width, values })
    : err({
        at,
        message: `this output is ${values[place]} for an image`,
        help: 'Look at how images are scaled for it (`mean`, `std`), and at the model.',
      });
}

function softmax({ width, values }: Rows): Float32Array {
  return tf.tidy(() => tf.softmax(tf.tensor2d(values, [values.length / width, width])).dataSync<'float32'>());
}

export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.slice(0, 300) ?? '';
}

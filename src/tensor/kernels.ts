import { invariant } from '../base/invariant.js';
import { constant } from './constants.js';
import { type Attribute, attributesOf, tensorFlow, type TensorFlowLibrary } from './library.js';
import * as tf from './tf.js';

/**
 * Kernels that TensorFlow's library has in one piece and that TensorFlow.js does not offer, or makes of several. On
 * another backend the same formulas are made of TensorFlow.js's kernels.
 *
 * TensorFlow.js sees nothing of a call into the library: it is for use where no gradient is recorded, or inside of
 * a `tf.customGrad` that gives the gradient.
 */

/** dy where y = relu(x) is above 0, else 0. */
export function reluGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const library = tensorFlow();
  return library === undefined
    ? dy.mul(y.greater(0))
    : library.executeSingleOutput('ReluGrad', [attributesOf(library).float('T')], [dy, y]);
}

/** dy where x is above 0, else slope dy. */
export function leakyReluGradient(dy: tf.Tensor, x: tf.Tensor, slope: number): tf.Tensor {
  const library = tensorFlow();
  if (library === undefined) return tf.where(x.greater(0), dy, dy.mul(slope));
  const { float, number } = attributesOf(library);
  return library.executeSingleOutput('LeakyReluGrad', [float('T'), number('alpha', slope)], [dy, x]);
}

/** dy (1 - y^2), the gradient where y = tanh(x). */
export function tanhGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const library = tensorFlow();
  return library === undefined
    ? dy.mul(tf.sub(1, y.square()))
    : library.executeSingleOutput('TanhGrad', [attributesOf(library).float('T')], [y, dy]);
}

/** dy y (1 - y), the gradient where y = sigmoid(x). */
export function sigmoidGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const library = tensorFlow();
  return library === undefined
    ? dy.mul(y).mul(tf.sub(1, y))
    : library.executeSingleOutput('SigmoidGrad', [attributesOf(library).float('T')], [y, dy]);
}

/** x + b, for x of [batch, ..., units] and b of [units]. */
export function biasAdded(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const library = tensorFlow();
  return library === undefined
    ? x.add(bias)
    : library.executeSingleOutput('BiasAdd', [attributesOf(library).float('T')], [x, bias]);
}

/** The sum over all axes but the last, [units] of [batch, ..., units]. */
export function biasGradient(dy: tf.Tensor): tf.Tensor {
  const library = tensorFlow();
  return library === undefined
    ? dy.reshape([-1, dy.shape.at(-1) ?? 1]).sum(0)
    : library.executeSingleOutput('BiasAddGrad', [attributesOf(library).float('T')], [dy]);
}

/** min(max(x, lower), upper), with bounds rounded to float32. */
export function clip(x: tf.Tensor, lower: number, upper: number): tf.Tensor {
  const library = tensorFlow();
  return library === undefined
    ? x.clipByValue(lower, upper)
    : library.executeSingleOutput(
        'ClipByValue',
        [attributesOf(library).float('T')],
        [x, constant(lower), constant(upper)],
      );
}

/** A batch as it was normalised, and what the gradient needs of it. */
export interface NormalisedBatch {
  readonly y: tf.Tensor;
  readonly saved: readonly tf.Tensor[];
}

/** See `normalise` in gradients.ts for the formulas. Here x is [samples, 1, 1, channels] or an NHWC image. */
export function normaliseForward(x: tf.Tensor4D, gamma: tf.Tensor, beta: tf.Tensor): NormalisedBatch {
  const library = tensorFlow();
  if (library === undefined) {
    const centred = x.sub(x.mean(overSamples, true));
    const r = centred.square().mean(overSamples, true).add(normEpsilon).rsqrt();
    const h = centred.mul(r);
    return { y: h.mul(gamma).add(beta), saved: [h, gamma.mul(r)] };
  }
  const unused = tf.tensor1d([], 'float32');
  const [y, , , ...reserved] = library.executeMultipleOutputs(
    'FusedBatchNormV3',
    [...normAttributes(library), attributesOf(library).number('exponential_avg_factor', 1)],
    [x, gamma, beta, unused, unused],
    6,
  );
  invariant(y !== undefined, 'FusedBatchNormV3 has outputs');
  return { y, saved: [x, gamma, ...reserved] };
}

/** Gradients with respect to x, gamma and beta. */
export function normaliseBackward(
  dy: tf.Tensor4D,
  saved: NormalisedBatch['saved'],
): readonly [dx: tf.Tensor, dgamma: tf.Tensor, dbeta: tf.Tensor] {
  const library = tensorFlow();
  if (library === undefined) {
    const [h, scale] = saved as readonly [tf.Tensor, tf.Tensor];
    const samples = dy.size / scale.size;
    const meanDy = dy.mean(overSamples);
    const meanDyH = dy.mul(h).mean(overSamples);
    return [dy.sub(meanDy).sub(h.mul(meanDyH)).mul(scale), meanDyH.mul(samples), meanDy.mul(samples)];
  }
  const outputs = library.executeMultipleOutputs(
    'FusedBatchNormGradV3',
    normAttributes(library),
    [dy, ...saved],
    5,
  );
  const [dx, dgamma, dbeta] = outputs;
  invariant(
    dx !== undefined && dgamma !== undefined && dbeta !== undefined,
    'FusedBatchNormGradV3 has three gradients',
  );
  return [dx, dgamma, dbeta];
}

const overSamples = [0, 1, 2];
const normEpsilon = 1e-5;

function normAttributes(library: TensorFlowLibrary): readonly Attribute[] {
  const { float, number, bool, text } = attributesOf(library);
  return [
    float('T'),
    float('U'),
    number('epsilon', normEpsilon),
    text('data_format', 'NHWC'),
    bool('is_training', true),
  ];
}

import { required } from '../base/invariant.js';
import { constant } from './constants.js';
import {
  biasAdded,
  biasGradient,
  leakyReluGradient,
  normaliseBackward,
  normaliseForward,
  reluGradient,
  sigmoidGradient,
  tanhGradient,
} from './kernels.js';
import { rowSums } from './smooth.js';
import * as tf from './tf.js';

/**
 * Functions whose gradient TensorFlow.js would unfold into many small kernels, with the gradient written out.
 * The second derivatives of `normalise`, `softmax`, `sigmoid` and `tanh` are not defined for TensorFlow.js: they must not be used where a
 * penalty differentiates a gradient. Those of the others are.
 */

/** max(x, 0). The gradient passes where x > 0, so not at 0, as in PyTorch. */
export function relu(x: tf.Tensor): tf.Tensor {
  return rectified(
    x,
    (input) => input.relu(),
    (dy, _, y) => reluGradient(dy, y),
  );
}

/** x where x > 0, else slope x. At 0 the gradient is multiplied by the slope, as in PyTorch. */
export function leakyRelu(x: tf.Tensor, slope: number): tf.Tensor {
  return rectified(
    x,
    (input) => input.leakyRelu(slope),
    (dy, input) => leakyReluGradient(dy, input, slope),
  );
}

type RectifierGradient = (dy: tf.Tensor, x: tf.Tensor, y: tf.Tensor) => tf.Tensor;

/** A function that is linear on either side of 0, so that its gradient depends on dy alone: by itself, again. */
function rectified(
  x: tf.Tensor,
  forward: (x: tf.Tensor) => tf.Tensor,
  backward: RectifierGradient,
): tf.Tensor {
  return tf.customGrad((input, save) => {
    const x = input as tf.Tensor;
    const y = forward(x);
    (save as tf.GradSaveFunc)([x, y]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, y] = saved as [tf.Tensor, tf.Tensor];
        return masked(dy, x, y, backward);
      },
    };
  })(x);
}

function masked(dy: tf.Tensor, x: tf.Tensor, y: tf.Tensor, backward: RectifierGradient): tf.Tensor {
  return tf.customGrad((input) => ({
    value: backward(input as tf.Tensor, x, y),
    gradFunc: (ddy: tf.Tensor) => masked(ddy, x, y, backward),
  }))(dy);
}

export const tanh = saturating((x) => x.tanh(), tanhGradient);

/** 1 / (1 + exp(-x)) */
export const sigmoid = saturating((x) => x.sigmoid(), sigmoidGradient);

/** A function whose gradient is one of what it gives. */
function saturating(
  of: (x: tf.Tensor) => tf.Tensor,
  gradient: (dy: tf.Tensor, y: tf.Tensor) => tf.Tensor,
): (x: tf.Tensor) => tf.Tensor {
  return tf.customGrad((...inputs) => {
    const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    const y = of(x);
    save([y]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradient(dy, required(saved[0], 'what it gave')),
    };
  });
}

/**
 * Over the last axis: y = exp(x) / sum(exp(x)), with the gradient y (dy - sum(dy y)). As with `tanh`, its second derivative
 * is not defined.
 */
export const softmax: (x: tf.Tensor) => tf.Tensor = tf.customGrad((...inputs) => {
  const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
  const y = x.softmax();
  save([y]);
  return {
    value: y,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const rows = (of: tf.Tensor) => of.reshape<tf.Tensor2D>([-1, x.shape.at(-1) ?? 1]);
      const [y, given] = [rows(required(saved[0], 'softmax(x)')), rows(dy)];
      return y.mul(given.sub(rowSums(given.mul(y)))).reshape(x.shape);
    },
  };
});

/** x + b, for x of [batch, ..., units] and b of [units]. */
export const addBias: (x: tf.Tensor, bias: tf.Tensor) => tf.Tensor = tf.customGrad((...inputs) => {
  const [x, bias] = inputs as [tf.Tensor, tf.Tensor];
  return { value: biasAdded(x, bias), gradFunc: (dy: tf.Tensor) => [dy, sumOverAllButUnits(dy)] };
});

const sumOverAllButUnits: (dy: tf.Tensor) => tf.Tensor = tf.customGrad((...inputs) => {
  const [dy] = inputs as [tf.Tensor];
  const others = dy.shape.slice(0, -1);
  return {
    value: biasGradient(dy),
    gradFunc: (ddb: tf.Tensor) => ddb.reshape([...others.map(() => 1), -1]).tile([...others, 1]),
  };
});

/** Of all elements. The gradient is 1 / n everywhere. */
export const mean: (x: tf.Tensor) => tf.Scalar = tf.customGrad<tf.Scalar>((...inputs) => {
  const [{ shape, size }, value] = [inputs[0] as tf.Tensor, (inputs[0] as tf.Tensor).mean<tf.Scalar>()];
  const everyAxis = shape.map(() => 1);
  return {
    value,
    gradFunc: (dy: tf.Tensor) =>
      dy
        .mul(constant(1 / size))
        .reshape(everyAxis)
        .tile(shape),
  };
});

/**
 * Over all axes but the last, with biased variance:
 *
 *     y = gamma h + beta,   h = (x - mean) r,   r = 1 / sqrt(mean((x - mean)^2) + 1e-5)
 *
 * and, the mean being over the same axes, with n samples in it,
 *
 *     dx = gamma r (dy - mean(dy) - h mean(dy h)),   dgamma = n mean(dy h),   dbeta = n mean(dy)
 */
export function normalise(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const operation = tf.customGrad((...inputs) => {
    const [x, gamma, beta, save] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const { y, saved } = normaliseForward(asImage(x), gamma, beta);
    save([...saved]);
    return {
      value: x.rank === 4 ? y : y.reshape(x.shape),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [dx, dgamma, dbeta] = normaliseBackward(asImage(dy), saved);
        return [dy.rank === 4 ? dx : dx.reshape(dy.shape), dgamma, dbeta];
      },
    };
  });
  return operation(x, gamma, beta);
}

/** [samples, 1, 1, channels] of [samples, channels]: TensorFlow's kernel knows images only. */
function asImage(x: tf.Tensor): tf.Tensor4D {
  return x.rank === 4 ? (x as tf.Tensor4D) : x.reshape([-1, 1, 1, x.shape.at(-1) ?? 1]);
}

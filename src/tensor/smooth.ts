import { required } from '../base/invariant.js';
import { constant, constantOf } from './constants.js';
import * as tf from './tf.js';

/**
 * Functions that may be differentiated twice, as a gradient penalty does with what a critic is made of.
 *
 * What TensorFlow.js saves for a gradient it can differentiate again where it is an input of the function, and not
 * where it is the output: gradients here are functions of inputs alone. Sums and means are matrix products with
 * vectors of ones, of which all derivatives are matrix products again.
 */

/** 1 / sqrt(x + epsilon) */
export function inverseRoot(x: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.customGrad((...inputs) => {
    const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    save([x]);
    return {
      value: x.add(constant(epsilon)).rsqrt(),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const r = inverseRoot(required(saved[0], 'x'), epsilon);
        return dy.mul(r.mul(r).mul(r).mul(constant(-0.5)));
      },
    };
  })(x);
}

/** The sum of each row: [rows, 1] of [rows, columns]. */
export function rowSums(x: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(x, constantOf([x.shape[1], 1], 1));
}

/** Each row's one value in all of its columns: [rows, columns] of [rows, 1]. */
export function acrossColumns(x: tf.Tensor2D, columns: number): tf.Tensor2D {
  return tf.matMul(x, constantOf([1, columns], 1));
}

/** Over each row, with biased variance: (x - mean) / sqrt(variance + 1e-5). */
export function normalisedRows(x: tf.Tensor2D): tf.Tensor2D {
  const [, columns] = x.shape;
  const mean = (of: tf.Tensor2D) => rowSums(of).mul<tf.Tensor2D>(constant(1 / columns));
  const centred = x.sub<tf.Tensor2D>(acrossColumns(mean(x), columns));
  const scale = inverseRoot(mean(centred.mul(centred)), normEpsilon) as tf.Tensor2D;
  return centred.mul(acrossColumns(scale, columns));
}

const normEpsilon = 1e-5;

import * as tf from './tf.js';

const declared = new WeakSet<object>();

/**
 * A number of a formula or of the specification as a tensor. A step that is recorded as a graph may hold no other
 * numbers of its own: one that it did not declare might be a batch, noise or a learning rate, and would stay for good
 * what it was when the step was recorded.
 */
export function constant(value: number): tf.Scalar {
  const scalar = tf.scalar(value);
  declared.add(scalar.dataId);
  return scalar;
}

export function isDeclaredConstant({ dataId }: Pick<tf.TensorInfo, 'dataId'>): boolean {
  return declared.has(dataId);
}

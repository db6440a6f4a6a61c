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

/** The same number everywhere in a matrix; see `constant`. */
export function constantOf([rows, columns]: readonly [number, number], value: number): tf.Tensor2D {
  const tensor = tf.tensor2d(new Float32Array(rows * columns).fill(value), [rows, columns]);
  declared.add(tensor.dataId);
  return tensor;
}

/** Numbers that a formula needs, in this order; see `constant`. */
export function declaredTensor<Rank extends tf.Rank>(
  values: Float32Array,
  shape: tf.ShapeMap[Rank],
): tf.Tensor<Rank> {
  const tensor = tf.tensor<Rank>(values, shape);
  declared.add(tensor.dataId);
  return tensor;
}

export function isDeclaredConstant({ dataId }: Pick<tf.TensorInfo, 'dataId'>): boolean {
  return declared.has(dataId);
}

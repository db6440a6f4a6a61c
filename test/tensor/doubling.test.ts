import { beforeAll, describe, expect, test } from 'vitest';

import { loadBackend } from '../../src/tensor/backend.js';
import { doubled } from '../../src/tensor/doubling.js';
import * as tf from '../../src/tensor/tf.js';
import { valuesOf } from './support.js';

type Image = [number, number, number, number];

/** TensorFlow.js's own transpose of the convolution, with its gradients. */
const plain = (x: tf.Tensor, filters: tf.Tensor): tf.Tensor => {
  const [batch, height, width] = x.shape as Image;
  const shape: Image = [batch, 2 * height, 2 * width, filters.shape[2] ?? 0];
  return tf.conv2dTranspose(x as tf.Tensor4D, filters as tf.Tensor4D, shape, 2, 'same');
};

describe.each(['native', 'cpu'] as const)('on the backend %s', (backend) => {
  beforeAll(() => loadBackend(backend, 2));

  test.each([1, 3, 4, 5])(
    '%d channels: as the transpose of the convolution, and its gradients',
    (channels) => {
      const x = tf.randomNormal([2, 3, 5, 6], 0, 1, 'float32', 1);
      const filters = tf.randomNormal([4, 4, channels, 6], 0, 1, 'float32', 2);
      const dy = tf.randomNormal([2, 6, 10, channels], 0, 1, 'float32', 3);
      const all = (f: typeof plain) => {
        const { value, grads } = tf.valueAndGrads((...inputs: tf.Tensor[]) => {
          const [input, weights] = inputs as [tf.Tensor, tf.Tensor];
          return f(input, weights);
        })([x, filters], dy);
        return [value, ...grads];
      };
      const [found, expected] = [all(doubled), all(plain)];
      expected.forEach((tensor, index) => {
        expect(found[index]?.shape).toEqual(tensor.shape);
        const values = found[index] === undefined ? [] : valuesOf(found[index]);
        valuesOf(tensor).forEach((value, at) => expect(values[at]).toBeCloseTo(value, 4));
      });
    },
  );
});

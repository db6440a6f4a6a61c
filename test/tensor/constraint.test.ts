import { expect, test } from 'vitest';

import { boundsOf, type Clip } from '../../src/tensor/constraint.js';

const clip: Clip = {
  type: 'clip',
  range: [-1, 1],
  layers: { block1: [-2, 2], 'block1/conv2': [-3, 3] },
  when: 'after_step',
};

test.each([
  ['dense1/weights', 1],
  ['block1/conv1/filters', 2],
  ['block1/conv2/filters', 3],
  ['block1/conv2/bias', 3],
  // Whole names only, and none of JavaScript's own.
  ['block12/conv1/filters', 1],
  ['constructor/weights', 1],
])('%s has the bounds of the innermost part that has its own: %d', (parameter, bound) => {
  expect(boundsOf(clip, parameter)).toEqual([-bound, bound]);
});

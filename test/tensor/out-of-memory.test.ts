import { describe, expect, test } from 'vitest';

import { memoryFault } from '../../src/tensor/out-of-memory.js';

describe('what libraries say when memory is refused', () => {
  test.each([
    [
      'OOM when allocating tensor with shape[64,32,16] and type float on /job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu',
      'there is not enough memory for a tensor of [64,32,16] (0.1 MB)',
    ],
    [
      'Session fail to run with error: Operation received an exception:Status: 1, message: could not create a primitive, in file tensorflow/core/kernels/mkl/mkl_fused_batch_norm_op.cc:1645\n\t [[{{node critic_step0/critic/norm4/gamma/FusedBatchNormGradV3_44}}]]',
      'there is not enough memory, at critic step0, critic, norm4, gamma, FusedBatchNormGradV3',
    ],
    ['Invalid TF_Status: 8\nMessage: failed to allocate memory', 'there is not enough memory'],
    ['Array buffer allocation failed', 'there is not enough memory'],
  ])('%s', (message, fault) => {
    expect(memoryFault(new Error(message))).toBe(fault);
  });

  test.each([
    'Invalid TF_Status: 3\nMessage: shapes do not match',
    'Operation received an exception:Status: 3, message: could not create a primitive descriptor',
    'Invalid typed array length: -1',
  ])('and what is another error: %s', (message) => {
    expect(memoryFault(new Error(message))).toBeUndefined();
  });
});

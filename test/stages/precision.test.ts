import { expect, test } from 'vitest';

import type { StageContext } from '../../src/execute/contract.js';
import { precisionOf } from '../../src/stages/training-model.js';
import { trainFields } from './training-support.js';

const asked = (precision: 'float32' | 'bfloat16', backend: 'native' | 'gpu' | 'cpu') =>
  precisionOf({ fields: { ...trainFields, precision }, backend } as StageContext<'train'>);

test('a backend without bfloat16 refuses it, at its field', () => {
  expect(() => asked('bfloat16', 'cpu')).toThrow(
    expect.objectContaining({
      name: 'StageProblem',
      message: 'the cpu backend computes in float32 alone',
      field: ['precision'],
      help: expect.stringContaining('--backend native') as string,
    }),
  );
  expect(asked('float32', 'cpu')).toBe('float32');
  expect(asked('bfloat16', 'native')).toBe('bfloat16');
});

import { expect, test } from 'vitest';

import { explicitCritic } from '../../src/networks/explicit.js';
import { activation, flatten, type Layer, reshape } from '../../src/networks/layers.js';

const unit: Layer = { type: 'dense', units: 1, bias: true };
const pixels: Layer = { type: 'conv', channels: 1, kernel: 1, stride: 1, bias: true };
const sigmoid = activation('sigmoid');

test.each([
  ['a sigmoid at its end', [flatten, unit, sigmoid], 2],
  ['one that is reshaped after it', [flatten, unit, sigmoid, reshape([1])], 2],
  ['a mean of bounded values', [pixels, sigmoid, { type: 'global_mean_pool' }], 1],
] as const)('a critic has no bounds: %s is refused, at its place', (_, layers: readonly Layer[], at) => {
  expect(explicitCritic({ layers }, [4, 4, 3])).toMatchObject({
    ok: false,
    error: { path: [at], message: 'a critic ends in a linear unit, and this one ends in sigmoid' },
  });
});

test('layers that only rearrange may follow the linear unit, and a sigmoid may stand before it', () => {
  const layers: readonly Layer[] = [pixels, sigmoid, pixels, { type: 'global_mean_pool' }, flatten];
  expect(explicitCritic({ layers }, [4, 4, 3])).toMatchObject({ ok: true });
});

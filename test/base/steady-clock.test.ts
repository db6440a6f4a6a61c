import { expect, test } from 'vitest';

import { steadyClock } from '../../src/base/steady-clock.js';

test('a clock that is set back stands still until it has caught up', () => {
  const times = [5, 7, 3, 6, 8];
  const now = steadyClock(() => times.shift() ?? Number.NaN);
  expect([now(), now(), now(), now(), now()]).toEqual([5, 7, 7, 7, 8]);
});

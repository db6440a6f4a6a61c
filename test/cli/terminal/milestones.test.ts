import { expect, it } from 'vitest';

import { isDue } from '../../../src/cli/terminal/milestones.js';

it.each([
  ['ten seconds passed', 10_000, 0.401, true],
  ['a tenth was passed', 1_000, 0.5, true],
  ['a tenth was passed, but within the second', 999, 0.5, false],
  ['neither', 9_999, 0.49, false],
])('%s', (_, elapsed, share, due) => {
  expect(isDue({ time: 5_000, share: 0.4 }, share, 5_000 + elapsed)).toBe(due);
});

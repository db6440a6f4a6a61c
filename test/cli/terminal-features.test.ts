import { expect, test } from 'vitest';

import { widthOf } from '../../src/cli/terminal-features.js';
import { screen } from './terminal/support.js';

test.each([
  [{ terminal: true, columns: 120 }, 120],
  [{ terminal: false, columns: 120 }, 80],
  // As under `script`, or in a container that was given a terminal without a size.
  [{ terminal: true, columns: 0 }, 80],
])('%j has %d columns', (options, width) => {
  expect(widthOf(screen(options).stream)).toBe(width);
});

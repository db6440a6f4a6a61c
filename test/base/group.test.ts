import { expect, test } from 'vitest';

import { groupBy } from '../../src/base/group.js';

test('groups stand in the order of their first items, and items in their own', () => {
  const groups = groupBy(['pear', 'fig', 'plum', 'kiwi', 'date', 'nut'], (word) => word.length);
  expect([...groups]).toEqual([
    [4, ['pear', 'plum', 'kiwi', 'date']],
    [3, ['fig', 'nut']],
  ]);
});

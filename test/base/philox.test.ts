import { expect, test } from 'vitest';

import { type PhiloxCounter, type PhiloxKey, philoxBlocks } from '../../src/base/philox.js';

function block(counter: PhiloxCounter, key: PhiloxKey): string {
  const words = new Uint32Array(4);
  philoxBlocks(key, counter, words);
  return [...words].map((word) => word.toString(16).padStart(8, '0')).join(' ');
}

// Known-answer vectors of Random123 1.14 (kat_vectors, philox4x32 10).
test.each<{ counter: PhiloxCounter; key: PhiloxKey; expected: string }>([
  { counter: [0, 0, 0, 0], key: [0, 0], expected: '6627e8d5 e169c58d bc57ac4c 9b00dbd8' },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    expected: '408f276d 41c83b0e a20bc7c6 6d5451fd',
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    expected: 'd16cfe09 94fdcceb 5001e420 24126ea1',
  },
])('agrees with Random123 at counter $counter', ({ counter, key, expected }) => {
  expect(block(counter, key)).toBe(expected);
});

test('several blocks at once are the blocks one by one', () => {
  const key: PhiloxKey = [7, 11];
  const together = new Uint32Array(12);
  philoxBlocks(key, [0xffffffff, 2, 3, 4], together);
  const apart = [0xffffffff, 0, 1].flatMap((word0) => {
    const words = new Uint32Array(4);
    philoxBlocks(key, [word0, 2, 3, 4], words);
    return [...words];
  });
  expect([...together]).toEqual(apart);
});

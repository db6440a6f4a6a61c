import { expect, test } from 'vitest';

import type { Parameter } from '../../../src/networks/parameter.js';
import { packed, packsOf, unpacked } from '../../../src/tensor/traced/packs.js';

const parameter = (name: string, ...shape: number[]): Parameter => ({
  name,
  shape,
  initial: { type: 'constant', value: 0 },
});

test('small parameters lie one after another, each at a multiple of 64 bytes; large ones stay alone', () => {
  const packs = packsOf([
    parameter('a', 3, 5),
    parameter('big', 256, 256),
    parameter('b', 16),
    parameter('c', 1),
  ]);
  expect(packs.map(({ name, shape }) => ({ name, shape }))).toEqual([
    { name: 'small', shape: [16 + 16 + 16] },
    { name: 'big', shape: [256, 256] },
  ]);
  expect(packs[0]?.places.map(({ parameter: { name }, offset, size }) => [name, offset, size])).toEqual([
    ['a', 0, 15],
    ['b', 16, 16],
    ['c', 32, 1],
  ]);
});

test('a network of large parameters alone has nothing in common', () => {
  expect(packsOf([parameter('big', 256, 256)]).map(({ name }) => name)).toEqual(['big']);
});

test('what is put together can be taken apart, with zeros in between', () => {
  const [pack] = packsOf([parameter('a', 2), parameter('b', 1)]);
  if (pack === undefined) throw new Error('a pack');
  const values = { a: Float32Array.of(1, 2), b: Float32Array.of(3) };
  const together = packed(pack, (name) => values[name as 'a' | 'b']);
  expect([...together]).toEqual([1, 2, ...Array<number>(14).fill(0), 3, ...Array<number>(15).fill(0)]);
  expect(Object.fromEntries(unpacked(pack, together))).toEqual(values);
});

import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { bytesOf, decodeNpy, encodeNpy, npyHeader, type NpyArray } from '../../src/base/npy.js';

const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../fixtures/npy/${name}.npy`, import.meta.url));

/** The fixtures, as scripts/referees/make_npy.py had numpy write them. */
const written: readonly (readonly [name: string, array: NpyArray])[] = [
  [
    'float32_2x3',
    { shape: [2, 3], data: Float32Array.of(0.5, -1.25, 3e38, Number.POSITIVE_INFINITY, Number.NaN, 1e-45) },
  ],
  ['float64_vector', { shape: [3], data: Float64Array.of(1 / 3, -0, 1e308) }],
  ['int32_scalar', { shape: [], data: Int32Array.of(-7) }],
  ['uint8_images', { shape: [2, 3, 4, 1], data: Uint8Array.from({ length: 24 }, (_, index) => index) }],
  ['empty', { shape: [0, 2], data: new Float32Array(0) }],
];

describe('encodeNpy and decodeNpy', () => {
  it.each(written)('reads what numpy wrote: %s', (name, array) => {
    expect(decodeNpy(fixture(name))).toEqual({ ok: true, value: array });
  });

  it.each(written)('writes the bytes that numpy wrote: %s', (name, array) => {
    expect(Buffer.from(encodeNpy(array)).equals(fixture(name))).toBe(true);
  });

  it('reads from a place in a larger buffer that is not a multiple of the element size', () => {
    const file = fixture('float64_vector');
    const shifted = Buffer.alloc(file.length + 3);
    shifted.set(file, 3);
    expect(decodeNpy(shifted.subarray(3))).toEqual(decodeNpy(file));
  });

  it('lets a writer put the elements behind the header piece by piece', () => {
    const data = Int32Array.of(1, 2, 3, 4);
    const pieces = [npyHeader('<i4', [4]), bytesOf(data.subarray(0, 1)), bytesOf(data.subarray(1))];
    expect(Buffer.concat(pieces).equals(encodeNpy({ shape: [4], data }))).toBe(true);
  });

  it('refuses a shape that does not fit the elements', () => {
    expect(() => encodeNpy({ shape: [2, 2], data: new Float32Array(3) })).toThrow(
      'an array of shape (2, 2) cannot hold 3 elements',
    );
  });
});

describe('decodeNpy on what it cannot read', () => {
  const file = fixture('float32_2x3');
  const changed = (edit: (bytes: Uint8Array) => void): Uint8Array => {
    const bytes = Uint8Array.from(file);
    edit(bytes);
    return bytes;
  };

  it.each([
    ['no bytes', new Uint8Array(0), 'does not begin as a .npy file does'],
    ['another magic', changed((bytes) => bytes.set([0x50], 0)), 'does not begin as a .npy file does'],
    ['another version', changed((bytes) => bytes.set([2], 6)), 'is in .npy format 2.0; only 1.0 is read'],
    ['an end inside the header', file.subarray(0, 40), 'ends inside its .npy header'],
    [
      'missing elements',
      file.subarray(0, file.length - 1),
      'holds 23 bytes of elements where its shape (2, 3) needs 24',
    ],
    ['Fortran order', fixture('fortran'), 'is in Fortran order; save it in C order'],
    ['another type', fixture('int64'), 'has elements of type <i8; known are <f4, <f8, <i4, |u1'],
  ])('says what is wrong: %s', (_, bytes, message) => {
    expect(decodeNpy(bytes)).toEqual({ ok: false, error: message });
  });

  it('shows a header that it cannot parse', () => {
    const broken = changed((bytes) => bytes.set(new TextEncoder().encode('{"descr"'), 10));
    expect(decodeNpy(broken)).toMatchObject({
      ok: false,
      error: expect.stringContaining('{"descr"') as unknown,
    });
  });
});

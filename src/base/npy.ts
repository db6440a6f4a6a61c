import { invariant } from './invariant.js';
import { err, ok, type Result } from './result.js';
import { sizeOf } from './shape.js';

/** An array in C order. `<f4`, `<f8`, `<i4` and `|u1` in numpy's notation, told apart by the type of `data`. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: NpyData;
}

export type NpyData = Float32Array | Float64Array | Int32Array | Uint8Array;

type Descr = '<f4' | '<f8' | '<i4' | '|u1';

const formats: Readonly<Record<Descr, NpyDataConstructor>> = {
  '<f4': Float32Array,
  '<f8': Float64Array,
  '<i4': Int32Array,
  '|u1': Uint8Array,
};

interface NpyDataConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): NpyData;
}

const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);
const preamble = magic.length + 4;
/** numpy pads the header so that the data may be memory-mapped at any element size. */
const alignment = 64;

/**
 * The bytes of a `.npy` file, format 1.0 (numpy.lib.format). Reading relies on it too: the machine is
 * little-endian, as all that Node 20 supports with TensorFlow are.
 *
 * @throws InternalError when the shape does not hold as many elements as `data`.
 */
export function encodeNpy(array: NpyArray): Uint8Array {
  invariant(
    sizeOf(array.shape) === array.data.length,
    `an array of shape (${array.shape.join(', ')}) cannot hold ${array.data.length} elements`,
  );
  const header = npyHeader(descrOf(array.data), array.shape);
  const bytes = new Uint8Array(header.length + array.data.byteLength);
  bytes.set(header);
  bytes.set(bytesOf(array.data), header.length);
  return bytes;
}

/** What comes before the elements in a `.npy` file, for writers that have them in pieces. */
export function npyHeader(descr: Descr, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape.join()},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const total = Math.ceil((preamble + text.length + 1) / alignment) * alignment;
  const length = total - preamble;
  invariant(length < 2 ** 16, 'a format 1.0 header is shorter than 64 KiB');
  const padded = `${text.padEnd(length - 1)}\n`;
  return Uint8Array.of(...magic, 1, 0, length & 0xff, length >> 8, ...new TextEncoder().encode(padded));
}

/** Where the elements of a `.npy` file lie, and what they are. */
export interface NpyLayout {
  readonly descr: Descr;
  readonly shape: readonly number[];
  /** Bytes before the first element. */
  readonly start: number;
  readonly bytesPerElement: number;
}

/** The array of a `.npy` file. The error says what is wrong with the bytes, without naming a file. */
export function decodeNpy(bytes: Uint8Array): Result<NpyArray, string> {
  const layout = npyLayout(bytes, bytes.length);
  if (!layout.ok) return layout;
  const { descr, shape, start } = layout.value;
  return ok({ shape, data: npyElements(descr, bytes.subarray(start)) });
}

/**
 * The same from how a file begins, for readers that take its elements in pieces.
 *
 * @param length Of the whole file, in bytes.
 */
export function npyLayout(bytes: Uint8Array, length: number): Result<NpyLayout, string> {
  if (bytes.length < preamble || !magic.every((byte, index) => bytes[index] === byte)) {
    return err('does not begin as a .npy file does');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = `${view.getUint8(6)}.${view.getUint8(7)}`;
  if (version !== '1.0') return err(`is in .npy format ${version}; only 1.0 is read`);

  const start = preamble + view.getUint16(8, true);
  if (start > bytes.length) return err('ends inside its .npy header');
  const header = parseHeader(new TextDecoder('latin1').decode(bytes.subarray(preamble, start)));
  if (!header.ok) return header;

  const { descr, shape } = header.value;
  const { BYTES_PER_ELEMENT: bytesPerElement } = formats[descr];
  const count = sizeOf(shape);
  const [expected, found] = [count * bytesPerElement, length - start];
  if (found !== expected) {
    return err(`holds ${found} bytes of elements where its shape (${shape.join(', ')}) needs ${expected}`);
  }
  return ok({ descr, shape, start, bytesPerElement });
}

/** Elements in these bytes, without a copy where they are aligned. */
export function npyElements(descr: Descr, bytes: Uint8Array): NpyData {
  const format = formats[descr];
  const size = format.BYTES_PER_ELEMENT;
  // A typed array must start at a multiple of its element size, which a slice of a larger buffer may not do.
  const { buffer, byteOffset, length } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new format(buffer, byteOffset, length / size);
}

function parseHeader(text: string): Result<{ descr: Descr; shape: readonly number[] }, string> {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const tuple = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || tuple === undefined) {
    return err(`has an unreadable .npy header: ${text.trim()}`);
  }
  if (!isDescr(descr))
    return err(`has elements of type ${descr}; known are ${Object.keys(formats).join(', ')}`);
  if (order === 'True') return err('is in Fortran order; save it in C order');
  const shape = tuple
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  return ok({ descr, shape });
}

function isDescr(text: string): text is Descr {
  return Object.hasOwn(formats, text);
}

function descrOf(data: NpyData): Descr {
  if (data instanceof Float32Array) return '<f4';
  if (data instanceof Float64Array) return '<f8';
  return data instanceof Int32Array ? '<i4' : '|u1';
}

/** The memory of a typed array as bytes, without a copy. */
export function bytesOf(data: NpyData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

import { invariant, required } from '../base/invariant.js';
import { type Attribute, attributesOf, tensorFlow, type TensorFlowLibrary } from './library.js';
import { type Matrix, plainRowProducts, plainSingularValues, transposed } from './plain-matrices.js';

/**
 * Linear algebra in double precision, by TensorFlow's library where it computes, else in JavaScript.
 *
 * The native package knows no float64 of its own: doubles go in and out as pairs of int32, and are made of them by
 * `Bitcast` inside the library.
 */

/** `a` times the transpose of `b`. */
export function rowProducts(a: Matrix, b: Matrix): Matrix {
  invariant(a.columns === b.columns, 'rows of one length');
  const library = tensorFlow();
  if (library === undefined) return plainRowProducts(a, b);
  return { rows: a.rows, columns: b.rows, values: product(library, a, b, { a: false, b: true }) };
}

/** The transpose of `a` times `b`. */
export function columnProducts(a: Matrix, b: Matrix): Matrix {
  invariant(a.rows === b.rows, 'columns of one length');
  const library = tensorFlow();
  if (library === undefined) return plainRowProducts(transposed(a), transposed(b));
  return { rows: a.columns, columns: b.columns, values: product(library, a, b, { a: true, b: false }) };
}

/** All singular values that are not 0 by the matrix's shape, in no order. */
export function singularValues(matrix: Matrix): Float64Array {
  const library = tensorFlow();
  if (library === undefined) return plainSingularValues(matrix);
  const { bool } = attributesOf(library);
  const values = withDoubles(library, [matrix], (handles) => [
    'Svd',
    [double(library, 'T'), bool('compute_uv', false), bool('full_matrices', false)],
    handles,
    3,
  ]);
  // The library's algorithm (Eigen's) may say so in this way where it has failed.
  invariant(values.every(Number.isFinite), 'singular values are found');
  return values;
}

type Call = readonly [
  operation: string,
  attributes: readonly Attribute[],
  inputs: readonly number[],
  outputs: number,
];

/** TensorFlow's number for float64, which the native package does not name. */
const float64 = 2;

function double({ binding }: TensorFlowLibrary, name: string): Attribute {
  return { name, type: binding.TF_ATTR_TYPE, value: float64 };
}

function product(
  library: TensorFlowLibrary,
  a: Matrix,
  b: Matrix,
  transpose: Readonly<Record<'a' | 'b', boolean>>,
): Float64Array {
  const { bool } = attributesOf(library);
  return withDoubles(library, [a, b], (handles) => [
    'MatMul',
    [double(library, 'T'), bool('transpose_a', transpose.a), bool('transpose_b', transpose.b)],
    handles,
    1,
  ]);
}

/** The first output of an operation on matrices. */
function withDoubles(
  library: TensorFlowLibrary,
  matrices: readonly Matrix[],
  callOn: (handles: readonly number[]) => Call,
): Float64Array {
  const { binding } = library;
  const held: number[] = [];
  const run = (...[operation, attributes, inputs, outputs]: Call): number => {
    const made = binding.executeOp(operation, attributes, inputs, outputs).map(({ id }) => id);
    held.push(...made);
    return required(made[0], `an output of ${operation}`);
  };
  const integers = (name: string): Attribute => ({
    name,
    type: binding.TF_ATTR_TYPE,
    value: binding.TF_INT32,
  });
  try {
    const handles = matrices.map(({ rows, columns, values }) => {
      const pairs = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
      const pair = binding.createTensor([rows, columns, 2], binding.TF_INT32, pairs);
      held.push(pair);
      return run('Bitcast', [integers('T'), double(library, 'type')], [pair], 1);
    });
    const made = run(...callOn(handles));
    const words = run('Bitcast', [double(library, 'T'), integers('type')], [made], 1);
    const { buffer, byteOffset, byteLength } = binding.tensorDataSync(words);
    return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
  } finally {
    for (const handle of held) binding.deleteTensor(handle);
  }
}

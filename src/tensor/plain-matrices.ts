import { invariant } from '../base/invariant.js';

/** A dense matrix in double precision, row after row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** `a` times the transpose of `b`: every entry is a product of two rows. */
export function plainRowProducts(a: Matrix, b: Matrix): Matrix {
  const values = new Float64Array(a.rows * b.rows);
  for (let row = 0; row < a.rows; row++) {
    for (let column = 0; column < b.rows; column++) {
      values[row * b.rows + column] = rowProduct(a, row, b, column, a.columns);
    }
  }
  return { rows: a.rows, columns: b.rows, values };
}

/** The product of the beginnings of two rows. */
export function rowProduct(a: Matrix, row: number, b: Matrix, other: number, length: number): number {
  const [x, y] = [a.values, b.values];
  const [here, there] = [row * a.columns, other * b.columns];
  // Four sums, as each would wait for itself.
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 4 <= length; k += 4) {
    s0 += (x[here + k] ?? 0) * (y[there + k] ?? 0);
    s1 += (x[here + k + 1] ?? 0) * (y[there + k + 1] ?? 0);
    s2 += (x[here + k + 2] ?? 0) * (y[there + k + 2] ?? 0);
    s3 += (x[here + k + 3] ?? 0) * (y[there + k + 3] ?? 0);
  }
  for (; k < length; k++) s0 += (x[here + k] ?? 0) * (y[there + k] ?? 0);
  return s0 + s1 + s2 + s3;
}

export function transposed({ rows, columns, values }: Matrix): Matrix {
  const turned = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return { rows: columns, columns: rows, values: turned };
}

/** Rows that are this near to orthogonal are so but for rounding errors, and no singular value is wrong by more. */
const orthogonal = 1e-14;
const mostSweeps = 60;

/**
 * All singular values, in no order, by one-sided Jacobi rotations of the rows (Hestenes 1958; Golub and Van Loan 2013,
 * "Matrix Computations", section 8.6.3): pairs of rows are turned until all are orthogonal; their lengths are the values.
 * Small ones come out to the precision of the largest, and better.
 */
export function plainSingularValues(matrix: Matrix): Float64Array {
  const { rows, columns } = matrix;
  const values = Float64Array.from(matrix.values);
  const turned: Matrix = { rows, columns, values };
  const all = values.reduce((sum, value) => sum + value * value, 0);
  // Rows that are rounding errors of the others turn for ever.
  const negligible = Number.EPSILON ** 2 * all;
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let rotations = 0;
    for (let i = 0; i < rows - 1; i++) {
      for (let j = i + 1; j < rows; j++) if (orthogonalised(turned, i, j, negligible)) rotations++;
    }
    if (rotations === 0) {
      return Float64Array.from({ length: rows }, (_, row) =>
        Math.sqrt(rowProduct(turned, row, turned, row, columns)),
      );
    }
  }
  invariant(false, 'Jacobi rotations converge');
}

/** Turns two rows within their plane until they are orthogonal; false where they are. */
function orthogonalised(matrix: Matrix, i: number, j: number, negligible: number): boolean {
  const { columns, values } = matrix;
  const product = rowProduct(matrix, i, matrix, j, columns);
  const [a, b] = [rowProduct(matrix, i, matrix, i, columns), rowProduct(matrix, j, matrix, j, columns)];
  if (Math.abs(product) <= Math.max(negligible, orthogonal * Math.sqrt(a * b))) return false;
  const zeta = (b - a) / (2 * product);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = cosine * tangent;
  for (let k = 0; k < columns; k++) {
    const [x, y] = [values[i * columns + k] ?? 0, values[j * columns + k] ?? 0];
    values[i * columns + k] = cosine * x - sine * y;
    values[j * columns + k] = sine * x + cosine * y;
  }
  return true;
}

import { type Matrix, rowProduct } from '../tensor/plain-matrices.js';

/**
 * A matrix L of `dimensions` rows and as many columns as the covariance has rank, with L L^T = covariance: Cholesky's
 * factor, each column from the largest variance that is left (Higham 2002, "Accuracy and Stability of Numerical
 * Algorithms", section 10.3), until only rounding errors are. So it is found for singular covariances, too.
 */
export function covarianceRoot(covariance: Matrix): Matrix {
  const { rows: dimensions, values } = covariance;
  const root = new Float64Array(dimensions ** 2);
  const factor: Matrix = { rows: dimensions, columns: dimensions, values: root };
  const left = Float64Array.from({ length: dimensions }, (_, k) => values[k * (dimensions + 1)] ?? 0);
  const negligible = dimensions * Number.EPSILON * Math.max(0, ...left);
  const isDone = new Uint8Array(dimensions);
  let rank = 0;
  for (; rank < dimensions; rank++) {
    const pivot = left.reduce(
      (best, variance, k) => (isDone[k] === 0 && (best === -1 || variance > (left[best] ?? 0)) ? k : best),
      -1,
    );
    const variance = left[pivot] ?? 0;
    if (!(variance > negligible)) break;
    isDone[pivot] = 1;
    const deviation = Math.sqrt(variance);
    root[pivot * dimensions + rank] = deviation;
    for (let row = 0; row < dimensions; row++) {
      if (isDone[row] === 1) continue;
      const explained = rowProduct(factor, row, factor, pivot, rank);
      const value = ((values[row * dimensions + pivot] ?? 0) - explained) / deviation;
      root[row * dimensions + rank] = value;
      left[row] = (left[row] ?? 0) - value * value;
    }
  }
  return withColumns(factor, rank);
}

function withColumns({ rows, columns, values }: Matrix, kept: number): Matrix {
  if (kept === columns) return { rows, columns, values };
  const narrow = new Float64Array(rows * kept);
  for (let row = 0; row < rows; row++) {
    narrow.set(values.subarray(row * columns, row * columns + kept), row * kept);
  }
  return { rows, columns: kept, values: narrow };
}

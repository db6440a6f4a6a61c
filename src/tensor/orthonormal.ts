import type { RandomStream } from '../base/streams.js';

/**
 * A matrix [rows, columns], row-major, whose rows or columns, whichever are fewer, are orthonormal; each such matrix is as likely
 * as any other (Saxe et al. 2013, arXiv 1312.6120, section 4; Mezzadri 2007, section 5). By Gram and Schmidt from normal vectors,
 * each made orthogonal twice, so that rounding leaves no more than its own size.
 */
export function orthonormal(stream: RandomStream, rows: number, columns: number): Float64Array {
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const vectors: Float64Array[] = [];
  for (let index = 0; index < count; index += 1) {
    const vector = Float64Array.from(stream.normal(length));
    for (const other of [...vectors, ...vectors]) addTo(vector, other, -product(vector, other));
    const size = Math.sqrt(product(vector, vector));
    vectors.push(vector.map((value) => value / size));
  }
  const matrix = new Float64Array(rows * columns);
  for (const [index, vector] of vectors.entries()) {
    for (const [at, value] of vector.entries()) {
      matrix[rows >= columns ? at * columns + index : index * columns + at] = value;
    }
  }
  return matrix;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}

/** a = a + factor b */
function addTo(a: Float64Array, b: Float64Array, factor: number): void {
  for (let index = 0; index < a.length; index += 1) a[index] = (a[index] ?? 0) + factor * (b[index] ?? 0);
}

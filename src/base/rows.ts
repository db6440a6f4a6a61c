import { invariant } from './invariant.js';

/** Copies the rows at these positions of a matrix, one after another; both have rows of `size` elements. */
export function copyRows<Values extends Float32Array | Uint8Array | Int32Array>(
  to: Values,
  from: Values,
  positions: Int32Array,
  size: number,
): Values {
  for (const [row, position] of positions.entries()) {
    invariant(
      position >= 0 && (position + 1) * size <= from.length,
      `row ${position} of ${from.length / size}`,
    );
    to.set(from.subarray(position * size, (position + 1) * size), row * size);
  }
  return to;
}

/** How many rows have their largest value, the first of equal ones, where they are to have it: row i at `places[i]`. */
export function rightRows(values: Float32Array | Float64Array, size: number, places: Int32Array): number {
  let right = 0;
  for (let row = 0; (row + 1) * size <= values.length; row++) {
    const of = values.subarray(row * size, (row + 1) * size);
    if (of.indexOf(Math.max(...of)) === places[row]) right++;
  }
  return right;
}

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

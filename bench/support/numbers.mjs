/** @param {readonly number[]} values */
export const sorted = (values) => [...values].sort((a, b) => a - b);

/** The upper one of the two in the middle where their number is even. @param {readonly number[]} values at least one */
export const median = (values) => sorted(values)[Math.floor(values.length / 2)];

/** The least and the greatest, as in `0.12-0.34`. @param {readonly number[]} values at least one @param {number} digits */
export const range = (values, digits) =>
  `${Math.min(...values).toFixed(digits)}-${Math.max(...values).toFixed(digits)}`;

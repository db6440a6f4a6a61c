/**
 * Samples on each side that transport is computed between. The matrix of costs takes 8 bytes a pair: 200 MB for as many
 * points on both sides.
 */
export const mostAssigned = 5000;

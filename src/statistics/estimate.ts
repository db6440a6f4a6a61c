import type { Spread } from '../base/estimate.js';

export type { Estimate, Spread } from '../base/estimate.js';

/** The same replication, as a seed, on both sides: the one that is judged, and the other. */
export type Pair = readonly [value: number, other: number];

export const single: Spread = { kind: 'single' };
export const unbounded: Spread = { kind: 'unbounded' };

/** @param margin from 0, finite */
export function around(value: number, margin: number): Spread {
  return { kind: 'interval', low: value - margin, high: value + margin };
}

/** How far the value that replications estimate may be from what they came to. */
export type Spread =
  /** One replication: nothing is known of its spread. */
  | { readonly kind: 'single' }
  /** Two-sided, at the level asked for. Both ends are infinite, and the value, where the value is. */
  | { readonly kind: 'interval'; readonly low: number; readonly high: number }
  /** Not bounded at that level: a ratio whose denominator may be 0. Or there is no value, as of 0 / 0. */
  | { readonly kind: 'unbounded' };

export interface Estimate {
  /**
   * A mean, a difference of means, or a ratio of means; never NaN. Where there is none (infinity - infinity, 0 / 0,
   * infinity / infinity) it is that of no difference, 0 or of a ratio 1, and the spread is unbounded: nothing can be concluded.
   */
  readonly value: number;
  /** Replications of the side that is judged; pairs, where they are paired. */
  readonly count: number;
  readonly spread: Spread;
}

/** The same replication, as a seed, on both sides: the one that is judged, and the other. */
export type Pair = readonly [value: number, other: number];

export const single: Spread = { kind: 'single' };
export const unbounded: Spread = { kind: 'unbounded' };

/** @param margin from 0, finite */
export function around(value: number, margin: number): Spread {
  return { kind: 'interval', low: value - margin, high: value + margin };
}

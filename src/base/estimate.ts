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

/** Half the width of its interval, which is the distance to both ends where that is symmetric; undefined where it has none, or is infinite. */
export function halfWidth({ spread }: Estimate): number | undefined {
  if (spread.kind !== 'interval') return undefined;
  const half = (spread.high - spread.low) / 2;
  return Number.isFinite(half) ? half : undefined;
}

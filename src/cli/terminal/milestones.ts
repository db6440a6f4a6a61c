/** What was last said about some work. */
export interface Milestone {
  /** Milliseconds. */
  readonly time: number;
  /** In [0, 1]. */
  readonly share: number;
}

/**
 * Whether a log is owed another line: ten seconds after the last one, or at each tenth of the work as long as
 * that is not more than one line a second.
 */
export function isDue(last: Milestone, share: number, time: number): boolean {
  const elapsed = time - last.time;
  if (elapsed >= 10_000) return true;
  return elapsed >= 1000 && Math.floor(share * 10) > Math.floor(last.share * 10);
}

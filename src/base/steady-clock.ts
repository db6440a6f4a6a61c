/** The clock, except that it stands still while it is behind an earlier answer: somebody has set it back, and no time has a negative length. */
export function steadyClock(now: () => number): () => number {
  let latest = Number.NEGATIVE_INFINITY;
  return () => (latest = Math.max(latest, now()));
}

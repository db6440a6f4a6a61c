/** Statuses after which the same request may succeed later. Any other 4xx is permanent. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Statuses that say the request was turned away before anything was done. */
export function isTurnedAway(status: number): boolean {
  return status === 429 || status === 503;
}

const longestDelay = 30_000;
const longestAskedFor = 120_000;

/**
 * Milliseconds to wait before retry number `attempt` (0 for the first): what the server asks for, or else
 * uniform in [0, delay * 2^attempt], so that many clients do not come back together.
 *
 * @param retryAfter the header of that name: seconds, or an HTTP date
 */
export function delayBefore(
  attempt: number,
  delay: number,
  retryAfter: string | undefined,
  now: number,
  random: () => number,
): number {
  const asked = retryAfter === undefined ? undefined : askedDelay(retryAfter, now);
  if (asked !== undefined) return Math.min(asked, longestAskedFor);
  return random() * Math.min(delay * 2 ** attempt, longestDelay);
}

function askedDelay(retryAfter: string, now: number): number | undefined {
  if (/^\d+$/.test(retryAfter.trim())) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

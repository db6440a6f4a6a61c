import leven from 'leven';

/** Far more than a file has that somebody wrote; with thousands, every mistake would take its time. */
const mostCompared = 300;

/**
 * The known name that was probably meant, or undefined when none is near enough: at most two in five
 * of the word's characters may differ (so many that two neighbours may change places in a word of five), and case
 * does not count.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length * 0.4));
  let best: { name: string; distance: number } | undefined;
  const lower = word.toLowerCase();
  for (const name of known.slice(0, mostCompared)) {
    if (Math.abs(name.length - word.length) > limit) continue;
    const distance = leven(lower, name.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

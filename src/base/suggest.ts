import leven from 'leven';

/**
 * The known name that was probably meant, or undefined when none is near enough: at most two in five
 * of the word's characters may differ (so many that two neighbours may change places in a word of five), and case
 * does not count.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length * 0.4));
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = leven(word.toLowerCase(), name.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

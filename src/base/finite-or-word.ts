/** The replacer of `JSON.stringify` that writes numbers which are not finite as words, as JSON has none of them. */
export function finiteOrWord(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** The number that such a replacer wrote, as a number or as a word. */
export function numberOrWord(written: unknown): number {
  return Number(written);
}

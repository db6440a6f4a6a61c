const seconds = { s: 1, min: 60, h: 3600, d: 86_400, w: 7 * 86_400 } as const;

/** How a user may write a span of time. */
export const timeSpanForm = 'a number with a unit, as in 30d (s, min, h, d, w)';

/** Seconds of a span such as `90s`, `30min`, `12h`, `30d` or `2w`; undefined for anything else. */
export function parseTimeSpan(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?(s|min|h|d|w)$/.exec(text.trim()) ?? [];
  return amount === undefined ? undefined : Number(amount) * seconds[unit as keyof typeof seconds];
}

/** A span in its largest whole unit, as ages are read: `12 s`, `5 min`, `3 h`, `40 d`. */
export function formatAge(span: number): string {
  const units = [
    ['d', seconds.d],
    ['h', seconds.h],
    ['min', seconds.min],
  ] as const;
  const [unit, size] = units.find((each) => span >= each[1]) ?? ['s', 1];
  return `${Math.max(0, Math.floor(span / size))} ${unit}`;
}

/**
 * A measured value for a reader: `digits` significant digits, an exponent where plain digits would be mostly
 * zeros, thousands separated. Whole numbers below a million are shown whole. `NaN`, `Infinity` and
 * `-Infinity` are shown as such.
 */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return formatCount(value);
  // Rounding comes first: 999,999.9 to four digits is 1.000e+6, and has to be shown as such.
  const [mantissa = '', exponentText = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 6) return `${mantissa}e${exponent}`;
  return separateThousands(value.toFixed(Math.max(0, digits - 1 - exponent)));
}

/** A whole number with its thousands separated by commas. */
export function formatCount(value: number): string {
  return separateThousands(value.toFixed(0));
}

function separateThousands(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A share of one, as in `62%`. All but all is never rounded up to `100%`. */
export function formatPercent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)}%`;
}

/** A time span as people say it: `0.4 s`, `31 s`, `2 min 05 s`, `1 h 03 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${twoDigits(minutes % 60)} min`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** A size in decimal units, as downloads are given: `812 kB`, `12.3 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 999.5) return `${bytes.toFixed(0)} B`;
  // The limits stand half a last digit low, so that nothing is shown as `1000 kB`.
  if (bytes < 999.5e3) return `${(bytes / 1e3).toFixed(0)} kB`;
  if (bytes < 999.95e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** An instant in universal time, to the second: `2026-11-23 18:35:01 UTC`. `time` in milliseconds since the epoch. */
export function formatTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `1 stage`, `3 stages`, for words whose plural adds an s. */
export function plural(count: number, word: string): string {
  return `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`;
}

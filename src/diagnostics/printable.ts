/**
 * Characters that could move a terminal's cursor, colour its text or reorder it: control characters, line
 * separators and bidirectional marks.
 */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** The text with what a terminal would obey written as `\u{...}`. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

const longest = 60;

/** A name or value of the user's, as messages quote it: in backticks, on one line, at most 60 characters. */
export function quoted(text: string): string {
  const short = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return `\`${printable(short)}\``;
}

const mostListed = 30;

/** `a`, `b` and `c`, each quoted; the last word between them is given. Of a long list, how many more there are. */
export function quotedList(names: readonly string[], word: 'and' | 'or'): string {
  const shown = names.slice(0, mostListed).map(quoted);
  return enumerate(names.length > mostListed ? [...shown, `${names.length - mostListed} more`] : shown, word);
}

/** As in `a, b and c`. */
export function enumerate(parts: readonly string[], word: 'and' | 'or' = 'and'): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1) ?? ''}`;
}

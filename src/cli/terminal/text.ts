import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

import { printable } from '../../diagnostics/printable.js';

/**
 * Text from outside (names, notes, a worker's last lines) on one line: it must not move the cursor, recolour or
 * retitle the terminal. Colours are taken out, since a worker's output is full of them; what else a terminal would
 * obey is spelled out.
 */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  return printable(stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' '));
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The text in at most `width` cells of the terminal; where it is cut, the ellipsis says so. */
export function truncate(text: string, width: number, ellipsis: string): string {
  if (stringWidth(text) <= width) return text;
  const room = width - stringWidth(ellipsis);
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (stringWidth(kept + segment) > room) break;
    kept += segment;
  }
  return room < 0 ? '' : kept + ellipsis;
}

/** The text in lines of at most `width` cells, broken between words; a longer word stands alone and whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const extended = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && stringWidth(extended) <= width) lines[lines.length - 1] = extended;
    else lines.push(word);
  }
  return lines;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text;
}

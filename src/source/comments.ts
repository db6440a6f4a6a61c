import type { SourceRange, SourceText } from '../diagnostics/range.js';
import { lexemesOf } from './lexemes.js';

/** The comments of a YAML text, from their `#` to the end of their line. A `#` inside a value is none. */
export function commentsOf(source: SourceText): readonly SourceRange[] {
  const comments: SourceRange[] = [];
  for (const { type, start, text } of lexemesOf(source.text)) {
    if (type === 'comment') comments.push({ source, start, end: start + text.trimEnd().length });
  }
  return comments;
}

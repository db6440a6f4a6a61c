import { CST, Lexer } from 'yaml';

import type { SourceRange, SourceText } from '../diagnostics/range.js';

/** The comments of a YAML text, from their `#` to the end of their line. A `#` inside a value is none. */
export function commentsOf(source: SourceText): readonly SourceRange[] {
  const comments: SourceRange[] = [];
  let offset = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(source.text)) {
    const type: string | null = isScalar ? 'text' : CST.tokenType(lexeme);
    // What stands for no text of the file tells of what follows: after the mark of a scalar comes its text.
    isScalar = type === 'scalar';
    if (isScalar || type === 'doc-mode' || type === 'flow-error-end') continue;
    if (type === 'comment') {
      comments.push({ source, start: offset, end: offset + lexeme.trimEnd().length });
    }
    offset += lexeme.length;
  }
  return comments;
}

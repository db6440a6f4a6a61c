import { CST, Lexer } from 'yaml';

/** A piece of YAML text: a value, a sign, a comment, or what stands between them. */
export interface Lexeme {
  /** `text` is that of a plain or block scalar. */
  readonly type: CST.TokenType | 'text' | null;
  /** Offset in the text. */
  readonly start: number;
  readonly text: string;
}

/** A text cut into its lexemes, from left to right, with nothing left out. They come as they are asked for. */
export function* lexemesOf(text: string): Generator<Lexeme> {
  let start = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    const type: Lexeme['type'] = isScalar ? 'text' : CST.tokenType(lexeme);
    // What stands for no text of the file tells of what follows: after the mark of a scalar comes its text.
    isScalar = type === 'scalar';
    if (isScalar || type === 'doc-mode' || type === 'flow-error-end') continue;
    yield { type, start, text: lexeme };
    start += lexeme.length;
  }
}

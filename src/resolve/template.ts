import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedScalar } from '../source/document.js';

/** A text with `${...}` in it, cut into what is literal and what is to be replaced. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'expression';
      /** Between the braces. */
      readonly body: string;
      /** With `${` and `}`; without the brace where that is missing. */
      readonly written: string;
      readonly closed: boolean;
      /** How many `${` stand before it in the text, escaped ones included. */
      readonly index: number;
    };

export type ExpressionPart = Extract<TemplatePart, { kind: 'expression' }>;

/** `\${` is the escape that stands for a literal `${`. */
export function parseTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = '';
  let at = 0;
  for (let index = 0; ; index += 1) {
    const open = text.indexOf('${', at);
    if (open === -1) break;
    if (text[open - 1] === '\\' && open > at) {
      literal += `${text.slice(at, open - 1)}\${`;
      at = open + 2;
      continue;
    }
    literal += text.slice(at, open);
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
    const close = text.indexOf('}', open);
    const closed = close !== -1;
    const end = closed ? close : text.length;
    at = closed ? end + 1 : end;
    const written = text.slice(open, at);
    parts.push({ kind: 'expression', body: text.slice(open + 2, end), written, closed, index });
  }
  literal += text.slice(at);
  if (literal !== '' || parts.length === 0) parts.push({ kind: 'text', text: literal });
  return parts;
}

/** Where the expression stands inside its text; the whole text where escapes in quotes hide the place. */
export function expressionRange(scalar: PositionedScalar, part: ExpressionPart): SourceRange {
  const { source, start, end } = scalar.range;
  const written = source.text.slice(start, end);
  let at = written.indexOf('${');
  for (let index = 0; index < part.index; index += 1) at = written.indexOf('${', at + 2);
  return at !== -1 && written.startsWith(part.written, at)
    ? { source, start: start + at, end: start + at + part.written.length }
    : scalar.range;
}

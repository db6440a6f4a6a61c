import type { SourceRange, SourceText } from '../../src/diagnostics/range.js';
import { required } from '../../src/base/invariant.js';

export function textOf(text: string, name = 'a.yaml'): SourceText {
  return { name, path: `/project/${name}`, text };
}

/** The range of the first place where `part` stands. */
export function rangeOf(source: SourceText, part: string): SourceRange {
  const start = source.text.indexOf(part);
  return { source, start: required(start === -1 ? undefined : start, part), end: start + part.length };
}

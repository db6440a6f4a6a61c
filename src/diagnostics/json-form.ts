import type { JsonObject } from '../base/json.js';
import type { Diagnostic } from './diagnostic.js';
import { inOrder } from './in-order.js';
import { positionAt } from './position.js';
import type { SourceRange } from './range.js';

/**
 * Diagnostics for machines, in order. Lines and columns count from 1, columns in UTF-16 code units; the end is
 * exclusive. `help` and the place are absent where there is none.
 */
export function diagnosticsJson(diagnostics: readonly Diagnostic[]): readonly JsonObject[] {
  return inOrder(diagnostics).map(({ code, severity, message, range, notes, help }) => ({
    code,
    severity,
    message,
    ...place(range),
    notes: notes.map((note) => ({ message: note.message, ...place(note.range) })),
    ...(help !== undefined && { help }),
  }));
}

function place(range: SourceRange | undefined): JsonObject {
  if (!range) return {};
  const start = positionAt(range.source, range.start);
  const end = positionAt(range.source, range.end);
  return {
    file: range.source.name,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

import type { DiagnosticCode, ErrorCode, WarningCode } from './codes.js';
import type { Diagnostic, DiagnosticNote, Severity } from './diagnostic.js';
import type { SourceRange } from './range.js';

/** A problem at a place of the user's text. */
export interface Finding {
  readonly at: SourceRange;
  readonly message: string;
  readonly help?: string | undefined;
  readonly notes?: readonly DiagnosticNote[];
}

export function error(code: ErrorCode, finding: Finding): Diagnostic {
  return diagnostic(code, 'error', finding);
}

export function warning(code: WarningCode, finding: Finding): Diagnostic {
  return diagnostic(code, 'warning', finding);
}

function diagnostic(code: DiagnosticCode, severity: Severity, finding: Finding): Diagnostic {
  const { at, message, help, notes = [] } = finding;
  return { code, severity, message, range: at, notes, ...(help !== undefined && { help }) };
}

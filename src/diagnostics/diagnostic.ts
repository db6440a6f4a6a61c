import type { DiagnosticCode } from './codes.js';
import type { SourceRange } from './range.js';

export type Severity = 'error' | 'warning';

/** Something that the user should know, as data; printing is `render.ts`. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  /** The smallest culprit. Absent only where no source text is at fault (a missing compiler, say). */
  readonly range?: SourceRange;
  /** The other ends: where a name was first declared, each edge of a cycle. */
  readonly notes: readonly DiagnosticNote[];
  /** What to do, in one sentence. */
  readonly help?: string;
}

export interface DiagnosticNote {
  readonly message: string;
  readonly range?: SourceRange;
}

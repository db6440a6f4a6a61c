import { parse } from 'yaml';

import type { DiagnosticCode } from '../../../src/diagnostics/codes.js';
import { basePipeline, changed, type Tree } from '../base-pipeline.js';
import { diagnosticsOf } from '../support.js';

const base = parse(basePipeline) as Tree;

/** Severity, underlined text and message of what is said under a code about the changed base pipeline. */
export function said(code: DiagnosticCode, changes: Tree): readonly (readonly [string, string, string])[] {
  return diagnosticsOf(changed(base, changes))
    .filter((diagnostic) => diagnostic.code === code)
    .map(({ severity, range, message }) => [
      severity,
      range ? range.source.text.slice(range.start, range.end) : '',
      message,
    ]);
}

import type { Diagnostic } from './diagnostic.js';
import type { SourceText } from './range.js';

/**
 * Diagnostics as a reader meets them: file by file in the order of first mention, from top to bottom, those
 * without a place first. What says the same of the same place is kept once: a shorthand or an alias puts one
 * written value into several fields.
 */
export function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = new Map<SourceText, number>();
  for (const { range } of diagnostics) {
    if (range && !files.has(range.source)) files.set(range.source, files.size);
  }
  const fileOf = ({ range }: Diagnostic): number => (range ? (files.get(range.source) ?? 0) : -1);
  const startOf = ({ range }: Diagnostic): number => range?.start ?? 0;
  const endOf = ({ range }: Diagnostic): number => range?.end ?? 0;

  const said = new Set<string>();
  return diagnostics
    .filter((diagnostic) => {
      const identity = JSON.stringify([
        fileOf(diagnostic),
        startOf(diagnostic),
        endOf(diagnostic),
        diagnostic.code,
        diagnostic.message,
      ]);
      if (said.has(identity)) return false;
      said.add(identity);
      return true;
    })
    .sort((a, b) => fileOf(a) - fileOf(b) || startOf(a) - startOf(b) || endOf(a) - endOf(b));
}

import type { Diagnostic } from './diagnostic.js';
import { inOrder } from './in-order.js';
import { positionAt } from './position.js';
import { printable } from './printable.js';

/** Workflow commands that GitHub Actions shows beside the lines of a pull request, one a line. */
export function githubAnnotations(diagnostics: readonly Diagnostic[]): string {
  return inOrder(diagnostics)
    .map((diagnostic) => `${annotation(diagnostic)}\n`)
    .join('');
}

function annotation({ code, severity, message, range, help }: Diagnostic): string {
  const properties: [string, string | number][] = [];
  if (range) {
    const start = positionAt(range.source, range.start);
    const end = positionAt(range.source, range.end);
    properties.push(['file', range.source.name], ['line', start.line], ['col', start.column]);
    // GitHub refuses a column range that spans lines.
    if (end.line === start.line) properties.push(['endLine', end.line], ['endColumn', end.column]);
  }
  properties.push(['title', code]);
  const list = properties
    .map(([name, value]) => `${name}=${escapeProperty(printable(String(value)))}`)
    .join(',');
  const text = [message, ...(help === undefined ? [] : [`help: ${help}`])].map(printable).join('\n');
  return `::${severity} ${list}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

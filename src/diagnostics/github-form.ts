import { plural } from '../base/format.js';
import type { Diagnostic } from './diagnostic.js';
import { inOrder } from './in-order.js';
import { positionAt } from './position.js';
import { printable } from './printable.js';

/** Of each severity, for one step of a workflow; GitHub drops the others without a word. */
const shownByGithub = 10;

/**
 * Workflow commands that GitHub Actions shows beside the lines of a pull request, one a line. Where there are more than
 * it shows, a last one says so: whoever mends those that are shown should not take the rest for mended.
 */
export function githubAnnotations(diagnostics: readonly Diagnostic[]): string {
  const ordered = inOrder(diagnostics);
  const lines = ordered.map(annotation);
  const counts = (['error', 'warning'] as const).map(
    (severity) => [severity, ordered.filter((each) => each.severity === severity).length] as const,
  );
  if (counts.some(([, count]) => count > shownByGithub)) {
    const told = counts.filter(([, count]) => count > 0).map(([severity, count]) => plural(count, severity));
    lines.push(
      `::notice title=not all are shown::${told.join(' and ')}: GitHub shows ${shownByGithub} of each, and the log of this step all`,
    );
  }
  return lines.map((line) => `${line}\n`).join('');
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

import { formatCount, plural } from '../base/format.js';
import type { Diagnostic, Severity } from './diagnostic.js';
import { excerpt } from './excerpt.js';
import { inOrder } from './in-order.js';
import { plainPalette, type Palette } from './palette.js';
import { positionAt } from './position.js';
import { printable } from './printable.js';
import type { SourceRange } from './range.js';

export interface RenderOptions {
  readonly palette?: Palette;
  /** Cells in a line of the terminal: excerpts of longer source lines are cut to it. */
  readonly width?: number;
}

/**
 * Diagnostics as text for people, in order, with a closing line that counts them; empty for none. Of more than 200, the
 * first, errors before warnings.
 *
 *     mnist.yaml:24:36: error: `lr` must be a number, but "fast" is text [wrong-type]
 *       24 |     optimizer: {type: rmsprop, lr: fast}
 *          |                                    ~~~~
 *       help: write a number, as in 5e-4
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  if (diagnostics.length === 0) return '';
  const palette = options.palette ?? plainPalette;
  const width = options.width ?? 80;
  const ordered = inOrder(diagnostics);
  const shown = firstOf(ordered);
  const blocks = shown.map((diagnostic) => renderOne(diagnostic, palette, width).join('\n'));
  const hidden = ordered.length - shown.length;
  const rest = hidden === 0 ? '' : `, of which ${formatCount(hidden)} are not shown`;
  return `${blocks.join('\n\n')}\n\n${countDiagnostics(ordered)}${rest}\n`;
}

/** So many are more than anybody reads at once. */
const mostShown = 200;
const mostNotes = 20;

/** Errors before warnings, where there are too many. */
function firstOf(ordered: readonly Diagnostic[]): readonly Diagnostic[] {
  if (ordered.length <= mostShown) return ordered;
  const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
  const bySeverity = [...ordered.filter(isError), ...ordered.filter((one) => !isError(one))];
  const first = new Set(bySeverity.slice(0, mostShown));
  return ordered.filter((diagnostic) => first.has(diagnostic));
}

/** As in `2 errors, 1 warning`. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const counts = (['error', 'warning'] as const).flatMap((severity) => {
    const found = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return found === 0 ? [] : [plural(found, severity)];
  });
  return counts.length === 0 ? 'no problems' : counts.join(', ');
}

function renderOne(diagnostic: Diagnostic, palette: Palette, width: number): readonly string[] {
  const paint = palette[diagnostic.severity];
  const title = headline(
    diagnostic.range,
    diagnostic.severity,
    `${palette.strong(printable(diagnostic.message))} ${palette.faint(`[${diagnostic.code}]`)}`,
    palette,
  );
  const notes = diagnostic.notes
    .slice(0, mostNotes)
    .flatMap((note) => [
      `  ${headline(note.range, 'note', printable(note.message), palette)}`,
      ...sourceLines(note.range, palette.note, palette, width),
    ]);
  const help =
    diagnostic.help === undefined ? [] : [`  ${palette.help('help:')} ${printable(diagnostic.help)}`];
  const others = diagnostic.notes.length - mostNotes;
  const more = others > 0 ? [`  ${palette.note('note:')} and ${formatCount(others)} more places`] : [];
  return [title, ...sourceLines(diagnostic.range, paint, palette, width), ...notes, ...more, ...help];
}

function headline(
  range: SourceRange | undefined,
  kind: Severity | 'note',
  message: string,
  palette: Palette,
): string {
  const label = `${palette[kind](`${kind}:`)} ${message}`;
  if (!range) return label;
  const { line, column } = positionAt(range.source, range.start);
  return `${palette.faint(`${printable(range.source.name)}:${line}:${column}:`)} ${label}`;
}

/** The line on which a range starts, and the squiggle under it; none where there is no range. */
export function sourceLines(
  range: SourceRange | undefined,
  paint: (text: string) => string,
  palette: Palette,
  width: number,
): readonly string[] {
  if (!range) return [];
  const gutterWidth = Math.max(4, String(positionAt(range.source, range.start).line).length);
  const { line, text, indent, length } = excerpt(range, width - gutterWidth - ' | '.length);
  const gutter = (label: string): string => palette.faint(`${label.padStart(gutterWidth)} |`);
  return [
    `${gutter(String(line))} ${text}`.trimEnd(),
    `${gutter('')} ${' '.repeat(indent)}${paint('~'.repeat(length))}`,
  ];
}

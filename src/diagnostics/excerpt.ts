import stringWidth from 'string-width';

import { lineAround, positionAt } from './position.js';
import { printable } from './printable.js';
import type { SourceRange } from './range.js';

/** The source line of a range, ready to print, and where its squiggle goes. */
export interface Excerpt {
  readonly line: number;
  readonly text: string;
  /** Terminal cells before the squiggle, and under it (at least one). */
  readonly indent: number;
  readonly length: number;
}

interface Cell {
  /** Offset in the source. */
  readonly start: number;
  readonly text: string;
  readonly width: number;
}

const tabStop = 4;
/** Far more than fits on any terminal; keeps a line of a megabyte from being split into graphemes. */
const reach = 500;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * The line on which the range starts, at most `width` cells wide: a longer line is cut to the part around the
 * range. A range over several lines is underlined up to the end of its first.
 */
export function excerpt(range: SourceRange, width: number): Excerpt {
  const { line } = positionAt(range.source, range.start);
  const whole = lineAround(range.source, range.start);
  const near = {
    start: Math.max(whole.start, range.start - reach),
    end: Math.min(whole.end, range.start + reach),
  };
  const cells = cellsOf(range.source.text.slice(near.start, near.end), near.start);
  const marked = (cell: Cell): boolean => cell.start >= range.start && cell.start < range.end;

  const shown = windowOf(cells, cells.findIndex(marked), width);
  const cutLeft = shown.first > 0 || near.start > whole.start;
  const cutRight = shown.end < cells.length || near.end < whole.end;
  const visible = cells.slice(shown.first, shown.end);
  const before = visible.filter((cell) => cell.start < range.start);
  return {
    line,
    text: `${cutLeft ? '…' : ''}${visible.map((cell) => cell.text).join('')}${cutRight ? '…' : ''}`.trimEnd(),
    indent: (cutLeft ? 1 : 0) + totalWidth(before),
    length: Math.max(1, totalWidth(visible.filter(marked))),
  };
}

function cellsOf(text: string, offset: number): readonly Cell[] {
  let column = 0;
  return Array.from(graphemes.segment(text), ({ segment, index }) => {
    const shown = segment === '\t' ? ' '.repeat(tabStop - (column % tabStop)) : printable(segment);
    const cell = { start: offset + index, text: shown, width: stringWidth(shown) };
    column += cell.width;
    return cell;
  });
}

/** The cells from `first` to before `end` that fit: all of them, or those around the mark with room for two `…`. */
function windowOf(cells: readonly Cell[], mark: number, width: number): { first: number; end: number } {
  if (totalWidth(cells) <= width) return { first: 0, end: cells.length };
  const room = width - 2;
  let first = mark === -1 ? cells.length : mark;
  let used = 0;
  // A third of the room shows what stands before the mark.
  for (let cell = cells[first - 1]; cell && used + cell.width <= room / 3; cell = cells[first - 1]) {
    used += cell.width;
    first -= 1;
  }
  let end = Math.max(first, mark);
  for (let cell = cells[end]; cell && used + cell.width <= room; cell = cells[end]) {
    used += cell.width;
    end += 1;
  }
  // Where the line ends early, the rest of the room goes to its beginning.
  for (let cell = cells[first - 1]; cell && used + cell.width <= room; cell = cells[first - 1]) {
    used += cell.width;
    first -= 1;
  }
  return { first, end };
}

function totalWidth(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}

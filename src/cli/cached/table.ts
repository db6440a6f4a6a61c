import stringWidth from 'string-width';

import { padEnd, padStart, truncate } from '../terminal/text.js';

/**
 * A line a row, in at most `width` cells, the headings first.
 * @param numeric Columns of numbers, which stand at their right edge.
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: ReadonlySet<number>,
  width: number,
  ellipsis: string,
): readonly string[] {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))));
  return all.map((row) => {
    const cells = row.map((cell, column) =>
      numeric.has(column) ? padStart(cell, widths[column] ?? 0) : padEnd(cell, widths[column] ?? 0),
    );
    return truncate(cells.join('  ').trimEnd(), width, ellipsis);
  });
}

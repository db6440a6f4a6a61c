import stringWidth from 'string-width';

import { formatNumber } from '../../base/format.js';
import { unlikeWords } from '../../base/metric-identity.js';
import type { ResultsColumn, ResultsGrid, ResultsValue } from '../../report/results-grid.js';
import type { Look } from './look.js';
import { gap, tableLines, type TableColumn } from './table.js';
import { oneLine, padStart } from './text.js';

/** A stage's cells in lines and its metrics in columns. */
export function gridLines(grid: ResultsGrid, width: number, look: Look): readonly string[] {
  const rows = [
    ...(grid.untrained ? [{ name: 'untrained', isDim: true }] : []),
    ...grid.rows.map(({ cell }) => ({ name: cell, isDim: false })),
  ];
  const columns = grid.columns.map((column, at) => columnOf(column, at, grid, look));
  return tableLines(grid.stage, rows, columns, width, look);
}

function columnOf(
  { metric, unlike }: ResultsColumn,
  at: number,
  { untrained, rows }: ResultsGrid,
  { colour }: Look,
): TableColumn {
  const heading = oneLine(metric);
  const before = untrained?.[at];
  const results = rows.map(({ values }) => values[at]);
  // Digits stand below each other, whether or not a mark follows.
  const unmarked = results.some((result) => result?.isBest === true) ? ' ' : '';
  const untrainedText = before === undefined ? '' : formatNumber(before) + unmarked;
  const texts = results.map((result) => result && textOf(result, unmarked));
  const all = [heading, untrainedText, ...texts.map((text) => text ?? '')];
  const width = gap.length + Math.max(...all.map((text) => stringWidth(text)));
  const values = texts.map((text = '', row) => {
    const padded = padStart(text, width);
    return results[row]?.isBest === true ? colour.bold(padded) : padded;
  });
  return {
    width,
    heading: padStart(heading, width),
    cells: [...(untrained ? [padStart(untrainedText, width)] : []), ...values],
    remarks: unlike ? [`${heading} is not comparable: of ${unlikeWords[unlike]}`] : [],
  };
}

function textOf({ value, isBest, peak }: ResultsValue, unmarked: string): string {
  const from = peak === undefined ? '' : `, down from ${formatNumber(peak)}`;
  return `${formatNumber(value)}${from}${isBest ? '*' : unmarked}`;
}

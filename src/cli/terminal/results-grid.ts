import stringWidth from 'string-width';

import { formatNumber } from '../../base/format.js';
import { unlikeWords } from '../../base/metric-identity.js';
import type { ResultsColumn, ResultsGrid, ResultsValue } from '../../report/results-grid.js';
import type { Look } from './look.js';
import { oneLine, padEnd, padStart, truncate, wrap } from './text.js';

const gap = '  ';

/** A stage's cells in lines and its metrics in columns; as many columns beside each other as the width has room for. */
export function gridLines(grid: ResultsGrid, width: number, look: Look): readonly string[] {
  const { symbols, colour } = look;
  const cells = [...grid.rows.map(({ cell }) => oneLine(cell)), ...(grid.untrained ? ['untrained'] : [])];
  const nameWidth = Math.min(
    Math.max(...[oneLine(grid.stage), ...cells].map((text) => stringWidth(text))),
    Math.max(8, Math.floor(width / 2)),
  );
  const name = (text: string) => padEnd(truncate(oneLine(text), nameWidth, symbols.ellipsis), nameWidth);
  const columns = grid.columns.map((column, at) => columnOf(column, at, grid, look));
  const blocks = inBlocks(columns, width - gap.length - nameWidth);
  return blocks.flatMap((block, index) => {
    const line = (first: string, texts: readonly string[]) => `${gap}${first}${texts.join('')}`.trimEnd();
    return [
      ...(index === 0 ? [] : ['']),
      colour.dim(
        line(
          name(grid.stage),
          block.map(({ heading }) => heading),
        ),
      ),
      ...(grid.untrained
        ? [
            colour.dim(
              line(
                name('untrained'),
                block.map(({ untrained }) => untrained),
              ),
            ),
          ]
        : []),
      ...grid.rows.map(({ cell }, row) =>
        line(
          name(cell),
          block.map(({ values }) => values[row] ?? ''),
        ),
      ),
      ...block.flatMap(({ remark }) =>
        remark === undefined ? [] : wrap(remark, width - 2).map((text) => gap + text),
      ),
    ];
  });
}

/** Texts that are as wide as the column, the gap before it included. */
interface Column {
  readonly width: number;
  readonly heading: string;
  readonly untrained: string;
  readonly values: readonly string[];
  readonly remark: string | undefined;
}

function columnOf(
  { metric, unlike }: ResultsColumn,
  at: number,
  { untrained, rows }: ResultsGrid,
  { colour }: Look,
): Column {
  const heading = oneLine(metric);
  const before = untrained?.[at];
  const results = rows.map(({ values }) => values[at]);
  // Digits stand below each other, whether or not a mark follows.
  const unmarked = results.some((result) => result?.isBest === true) ? ' ' : '';
  const untrainedText = before === undefined ? '' : formatNumber(before) + unmarked;
  const texts = results.map((result) => result && textOf(result, unmarked));
  const all = [heading, untrainedText, ...texts.map((text) => text ?? '')];
  const width = gap.length + Math.max(...all.map((text) => stringWidth(text)));
  return {
    width,
    heading: padStart(heading, width),
    untrained: padStart(untrainedText, width),
    values: texts.map((text = '', row) => {
      const padded = padStart(text, width);
      return results[row]?.isBest === true ? colour.bold(padded) : padded;
    }),
    remark: unlike && `${heading} is not comparable: of ${unlikeWords[unlike]}`,
  };
}

function textOf({ value, isBest, peak }: ResultsValue, unmarked: string): string {
  const from = peak === undefined ? '' : `, down from ${formatNumber(peak)}`;
  return `${formatNumber(value)}${from}${isBest ? '*' : unmarked}`;
}

function inBlocks(columns: readonly Column[], room: number): readonly (readonly Column[])[] {
  const blocks: Column[][] = [];
  let left = 0;
  for (const column of columns) {
    const block = blocks.at(-1);
    if (block === undefined || column.width > left) {
      blocks.push([column]);
      left = room - column.width;
    } else {
      block.push(column);
      left -= column.width;
    }
  }
  return blocks;
}

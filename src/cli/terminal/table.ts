import stringWidth from 'string-width';

import type { Look } from './look.js';
import { oneLine, padEnd, truncate, wrap } from './text.js';

/** Before each column, and before the first. */
export const gap = '  ';

export interface TableLine {
  readonly name: string;
  /** Of what only stands for comparison. */
  readonly isDim: boolean;
}

/** Texts that are as wide as the column, the gap before it included. */
export interface TableColumn {
  readonly width: number;
  readonly heading: string;
  /** One for each line. */
  readonly cells: readonly string[];
  /** What is said below. */
  readonly remarks: readonly string[];
}

/** Named lines; as many columns beside each other as the width has room for, the others below, under the names once more. */
export function tableLines(
  corner: string,
  rows: readonly TableLine[],
  columns: readonly TableColumn[],
  width: number,
  { symbols, colour }: Look,
): readonly string[] {
  const nameWidth = Math.min(
    Math.max(...[corner, ...rows.map(({ name }) => name)].map((text) => stringWidth(oneLine(text)))),
    Math.max(8, Math.floor(width / 2)),
  );
  const line = (name: string, texts: readonly string[]) => {
    const shown = padEnd(truncate(oneLine(name), nameWidth, symbols.ellipsis), nameWidth);
    return `${gap}${shown}${texts.join('')}`.trimEnd();
  };
  return inBlocks(columns, width - gap.length - nameWidth).flatMap((block, index) => [
    ...(index === 0 ? [] : ['']),
    colour.dim(
      line(
        corner,
        block.map(({ heading }) => heading),
      ),
    ),
    ...rows.map(({ name, isDim }, row) => {
      const text = line(
        name,
        block.map(({ cells }) => cells[row] ?? ''),
      );
      return isDim ? colour.dim(text) : text;
    }),
    ...block.flatMap(({ remarks }) =>
      remarks.flatMap((remark) => wrap(oneLine(remark), width - gap.length).map((text) => gap + text)),
    ),
  ]);
}

function inBlocks(columns: readonly TableColumn[], room: number): readonly (readonly TableColumn[])[] {
  const blocks: TableColumn[][] = [];
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

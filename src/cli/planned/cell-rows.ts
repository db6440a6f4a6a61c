import { plural } from '../../base/format.js';
import { groupBy } from '../../base/group.js';
import { stageName } from '../../plan/stage-name.js';
import type { PlannedStage } from '../../plan/types.js';
import type { AxisValue } from '../../resolve/axes.js';
import { padEnd, padStart, truncate } from '../terminal/text.js';

/** Rows that are shown. */
const mostRows = 12;
/** Values of an axis that a row names. */
const mostValues = 4;

/** What a table says of cells that are not known yet. */
export const unknown = 'unknown';

interface Row {
  readonly name: string;
  readonly values: readonly string[];
}

interface Cell {
  readonly stage: PlannedStage;
}

/** One row for all cells of a stage that are alike, called by the axes that tell them from the others. */
export function cellRows<C extends Cell>(
  cells: readonly C[],
  likeness: (cell: C) => unknown,
  row: (name: string, first: C) => Row,
): readonly Row[] {
  return [...groupBy(cells, ({ stage }) => stageName(stage.id))].flatMap(([name, all]) =>
    [...groupBy(all, (cell) => JSON.stringify(likeness(cell)))].flatMap(([, alike]) => {
      const [first] = alike;
      return first ? [row(rowName(name, alike, all), first)] : [];
    }),
  );
}

/** In lines of at most `width` cells, numbers to the right. */
export function tableOf(
  rows: readonly Row[],
  headings: readonly string[],
  width: number,
  ellipsis: string,
): readonly string[] {
  const shown = rows.slice(0, mostRows);
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...shown.map(({ values }) => values[column]?.length ?? 0)),
  );
  const taken = widths.reduce((sum, each) => sum + each + 2, 2);
  const nameWidth = Math.max(8, Math.min(width - taken, Math.max(...shown.map(({ name }) => name.length))));
  const line = (name: string, values: readonly string[]): string =>
    [
      `  ${padEnd(truncate(name, nameWidth, ellipsis), nameWidth)}`,
      ...values.map((value, column) => padStart(value, widths[column] ?? 0)),
    ].join('  ');
  return [
    line('', headings),
    ...shown.map(({ name, values }) => line(name, values)),
    ...(rows.length > mostRows ? [`  ${plural(rows.length - mostRows, 'row')} more with --json`] : []),
  ];
}

/** `train@arm=one_iteration`: the axes on which these cells have not all the values that the stage has. */
function rowName(name: string, alike: readonly Cell[], all: readonly Cell[]): string {
  const whole = valuesOf(all);
  const parts = [...valuesOf(alike)].flatMap(([axis, values]) => {
    if (values.size === whole.get(axis)?.size) return [];
    const named = values.size > mostValues ? plural(values.size, 'value') : [...values].join('|');
    return [`${axis}=${named}`];
  });
  return parts.length === 0 ? name : `${name}@${parts.join()}`;
}

function valuesOf(cells: readonly Cell[]): ReadonlyMap<string, ReadonlySet<AxisValue>> {
  const values = new Map<string, Set<AxisValue>>();
  for (const { stage } of cells) {
    for (const [axis, value] of Object.entries(stage.axes ?? {})) {
      values.set(axis, (values.get(axis) ?? new Set()).add(value));
    }
  }
  return values;
}

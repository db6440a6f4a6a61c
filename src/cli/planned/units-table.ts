import { formatCount, formatNumber, plural } from '../../base/format.js';
import { groupBy } from '../../base/group.js';
import { fileName } from '../../plan/past-stages.js';
import { trainUnits, type TrainUnits } from '../../plan/train-units.js';
import type { PlannedStage, StageId } from '../../plan/types.js';
import type { AxisValue } from '../../resolve/axes.js';
import { padEnd, padStart, truncate } from '../terminal/text.js';

/** Rows that are shown. */
const mostRows = 12;
/** Values of an axis that a row names. */
const mostValues = 4;
const headings = ['generator steps', 'critic steps', 'images', 'epochs'];

/**
 * How long the train stages train, so that it can be seen whether the arms of an ablation get as much: one row for all
 * cells of a stage that train equally long, called by the axes that tell them from the others.
 */
export function unitsTable(
  stages: readonly { readonly stage: PlannedStage }[],
  units: ReadonlyMap<StageId, TrainUnits>,
  width: number,
  ellipsis: string,
): readonly string[] {
  const trained = stages.flatMap(({ stage }) => {
    const own = units.get(stage.id);
    return own ? [{ stage, units: own }] : [];
  });
  const rows = [...groupBy(trained, ({ stage }) => fileName(stage.id))].flatMap(([name, cells]) =>
    [...groupBy(cells, (cell) => JSON.stringify(cell.units))].map(([, alike]) => ({
      name: rowName(name, alike, cells),
      values: trainUnits.map((unit) => shown(alike[0]?.units[unit])),
    })),
  );
  if (rows.length === 0) return [];
  const shownRows = rows.slice(0, mostRows);
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...shownRows.map(({ values }) => values[column]?.length ?? 0)),
  );
  const taken = widths.reduce((sum, each) => sum + each + 2, 2);
  const nameWidth = Math.max(
    8,
    Math.min(width - taken, Math.max(...shownRows.map(({ name }) => name.length))),
  );
  const line = (name: string, values: readonly string[]): string =>
    [
      `  ${padEnd(truncate(name, nameWidth, ellipsis), nameWidth)}`,
      ...values.map((value, column) => padStart(value, widths[column] ?? 0)),
    ].join('  ');
  const isPartial = shownRows.some(({ values }) => values.includes(unknown));
  return [
    line('', headings),
    ...shownRows.map(({ name, values }) => line(name, values)),
    ...(rows.length > mostRows ? [`  ${plural(rows.length - mostRows, 'row')} more with --json`] : []),
    ...(isPartial
      ? [`  ${unknown}: told by the clock, by the critic, or by the data, of which the split is a share`]
      : []),
  ];
}

const unknown = 'unknown';

function shown(value: number | undefined): string {
  if (value === undefined) return unknown;
  return Number.isInteger(value) ? formatCount(value) : formatNumber(value, 3);
}

interface Cell {
  readonly stage: PlannedStage;
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

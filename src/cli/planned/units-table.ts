import { formatCount, formatNumber } from '../../base/format.js';
import { trainUnits, type TrainUnits } from '../../plan/train-units.js';
import type { PlannedStage, StageId } from '../../plan/types.js';
import { cellRows, tableOf, unknown } from './cell-rows.js';

const headings = ['generator steps', 'critic steps', 'images', 'epochs'];

/** How long the train stages train, so that it can be seen whether the arms of an ablation get as much. */
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
  const rows = cellRows(
    trained,
    (cell) => cell.units,
    (name, cell) => ({ name, values: trainUnits.map((unit) => shown(cell.units[unit])) }),
  );
  if (rows.length === 0) return [];
  const isPartial = rows.some(({ values }) => values.includes(unknown));
  return [
    ...tableOf(rows, headings, width, ellipsis),
    ...(isPartial
      ? [`  ${unknown}: told by the clock, by the critic, or by the data, of which the split is a share`]
      : []),
  ];
}

function shown(value: number | undefined): string {
  if (value === undefined) return unknown;
  return Number.isInteger(value) ? formatCount(value) : formatNumber(value, 3);
}

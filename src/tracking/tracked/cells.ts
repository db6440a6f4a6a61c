import { digestJson } from '../../base/digest.js';
import { groupBy } from '../../base/group.js';
import { required } from '../../base/invariant.js';
import type { RunRecord, StageRecord } from '../../execute/record.js';
import { axesName, type Axes, isPartOf, withoutSeed } from '../../resolve/axes.js';

/**
 * What MLflow shows as one run: of a file without axes the whole; else the whole, below it each arm (or point of a matrix), and
 * below that each of its seeds.
 */
export interface Cell {
  /** Where it stands on the axes; empty for the whole. */
  readonly axes: Axes;
  /** As in `arm=base,seed=1`; empty for the whole. */
  readonly name: string;
  /** `TrackedRun.id` */
  readonly id: string;
  readonly parent: Cell | undefined;
  /** Its own stages, in the plan's order: those for which just its axes make a difference. */
  readonly stages: readonly StageRecord[];
  /** Its own stages and those of all cells below it. */
  readonly whole: readonly StageRecord[];
}

/** The whole first; parents come before their children. */
export function cellsOf({ start, stages }: RunRecord): readonly Cell[] {
  const own = groupBy(stages, ({ stage }) => axesName(stage.axes ?? {}));
  const places = new Map<string, Axes>([['', {}]]);
  for (const { stage } of stages) {
    const { axes = {} } = stage;
    for (const place of [withoutSeed(axes), axes]) places.set(axesName(place), place);
  }
  const outermostFirst = [...places].sort(([, a], [, b]) => sizeOf(a) - sizeOf(b));
  const cells: Cell[] = [];
  for (const [name, axes] of outermostFirst) {
    cells.push({
      axes,
      name,
      // By digest: a value of an axis may be any text, and MLflow's filters know no escapes.
      id: name === '' ? start.run : `${start.run}.${digestJson(axes).slice(0, 12)}`,
      parent: parentOf(axes, cells),
      stages: own.get(name) ?? [],
      whole: stages.filter(({ stage }) => isPartOf(axes, stage.axes ?? {})),
    });
  }
  return cells;
}

/** A seed is below what it repeats; any other cell below the smallest that it is part of, the first of several. */
function parentOf(axes: Axes, cells: readonly Cell[]): Cell | undefined {
  const repeated = axesName(withoutSeed(axes));
  const around = cells.filter((cell) => isPartOf(cell.axes, axes));
  const closest = Math.max(...around.map((cell) => sizeOf(cell.axes)));
  return around.find(({ name }) => name === repeated) ?? around.find((cell) => sizeOf(cell.axes) === closest);
}

/** The cells just below one. */
export function childrenOf(cell: Cell, cells: readonly Cell[]): readonly Cell[] {
  return cells.filter(({ parent }) => parent === cell);
}

/** The cell of everything. */
export function wholeOf(cells: readonly Cell[]): Cell {
  return required(cells[0], 'the whole run');
}

const sizeOf = (axes: Axes): number => Object.keys(axes).length;

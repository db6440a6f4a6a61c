import { groupBy } from '../base/group.js';
import { required } from '../base/invariant.js';
import { axesName, type Axes } from '../resolve/axes.js';
import type { PastPlan, PastStage } from './past-plan.js';
import type { PlannedStage, StageId } from './types.js';
import { stageName } from './stage-name.js';

/** Candidates that are compared one by one where no index finds one: what is shown is then near, if not nearest. */
const mostCandidates = 32;

/** The stages of an earlier plan, to be asked for by cell. Built in one pass; each question takes a moment. */
export class PastStages {
  readonly plan: PastPlan;
  private readonly byId: ReadonlyMap<StageId, PastStage>;
  private readonly byCell = new Map<string, PastStage>();
  /** The first stage with these axes and one more. */
  private readonly byCellLessOne = new Map<string, PastStage>();
  private readonly byName: ReadonlyMap<string, readonly PastStage[]>;

  constructor(plan: PastPlan) {
    this.plan = plan;
    this.byName = groupBy(plan.stages, nameOf);
    this.byId = new Map(plan.stages.map((stage) => [stage.id, stage]));
    for (const stage of plan.stages) {
      const name = nameOf(stage);
      setFirst(this.byCell, cellOf(name, stage.axes), stage);
      for (const axes of lessOne(stage.axes)) setFirst(this.byCellLessOne, cellOf(name, axes), stage);
    }
  }

  named(id: StageId): PastStage | undefined {
    return this.byId.get(id);
  }

  /** The same cell: the same kind and name in the file, and the same place on the same axes. */
  same(stage: PlannedStage): PastStage | undefined {
    return this.byCell.get(cellOf(nameOf(stage), stage.axes ?? {}));
  }

  /** Of the stages of the same name in the file, one with most axes in common. */
  nearest(stage: PlannedStage): PastStage | undefined {
    const name = nameOf(stage);
    const alike = this.byName.get(name);
    if (!alike) return undefined;
    const axes = stage.axes ?? {};
    const without = lessOne(axes).map((fewer) => cellOf(name, fewer));
    const places = [
      // Another value on one axis, one axis more than before, one axis less.
      ...without.map((place) => this.byCellLessOne.get(place)),
      ...without.map((place) => this.byCell.get(place)),
      this.byCellLessOne.get(cellOf(name, axes)),
    ];
    return places.find((found) => found !== undefined) ?? mostInCommon(axes, alike.slice(0, mostCandidates));
  }
}

/** Stages of different kinds have nothing to compare, whatever they are called. */
function nameOf({ id, kind }: { readonly id: StageId; readonly kind: string }): string {
  return `${kind} ${stageName(id)}`;
}

function mostInCommon(axes: Axes, stages: readonly PastStage[]): PastStage {
  const inCommon = (stage: PastStage): number =>
    Object.entries(axes).filter(([axis, value]) => stage.axes[axis] === value).length;
  const best = Math.max(...stages.map(inCommon));
  return required(
    stages.find((stage) => inCommon(stage) === best),
    'a stage of that name',
  );
}

function cellOf(name: string, axes: Axes): string {
  const sorted = Object.entries(axes).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}@${axesName(Object.fromEntries(sorted))}`;
}

function lessOne(axes: Axes): readonly Axes[] {
  const entries = Object.entries(axes);
  return entries.map((left) => Object.fromEntries(entries.filter((entry) => entry !== left)));
}

function setFirst<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (!map.has(key)) map.set(key, value);
}

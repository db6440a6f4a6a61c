import { required } from '../base/invariant.js';
import type { PastStage } from './past-plan.js';
import { splitSize, stepsOf, unitsOf, type TrainUnits } from './train-units.js';
import type { Plan, PlannedStage, StageId } from './types.js';

/** How long each train stage of a plan trains. */
export function unitsOfPlan({ stages }: Pick<Plan, 'stages'>): ReadonlyMap<StageId, TrainUnits> {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  return new Map(
    stages.flatMap((stage): (readonly [StageId, TrainUnits])[] => {
      if (stage.kind !== 'train') return [];
      const [input] = stage.inputs;
      const dataset = input && required(byId.get(input.stage), `stage ${input.stage}`);
      return [[stage.id, unitsOf(stage.fields, dataset && splitSize(dataset.fields, input.split))]];
    }),
  );
}

/** How much work a stage is, in a unit of its kind; undefined where only the data tells. */
export function workOf(stage: PlannedStage, units: ReadonlyMap<StageId, TrainUnits>): number | undefined {
  const own = units.get(stage.id);
  return own ? stepsOf(own) : 1;
}

/** The same of a stage that was planned earlier. */
export function pastWorkOf(
  stage: PastStage,
  named: (id: StageId) => PastStage | undefined,
): number | undefined {
  if (stage.kind !== 'train') return 1;
  const [input] = stage.inputs;
  const dataset = input && named(input.stage);
  return stepsOf(unitsOf(stage.fields, dataset && splitSize(dataset.fields, input.split)));
}

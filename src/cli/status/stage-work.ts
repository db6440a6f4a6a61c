import type { RunRecord, StageRecord } from '../../execute/record.js';
import { unitsOfPlan } from '../../plan/stage-units.js';

/** How far a stage under way has come, by the last numbers that it reported. */
export interface StageWork {
  /** Generator steps. */
  readonly step: number;
  /** All that it will make; undefined where only the data tells, or it does not train. */
  readonly steps: number | undefined;
}

/** What is known of each running stage of a run. */
export function workUnderWay({ start, stages }: RunRecord): ReadonlyMap<StageRecord, StageWork> {
  const units = unitsOfPlan(start);
  return new Map(
    stages.flatMap((recorded): (readonly [StageRecord, StageWork])[] => {
      const last = recorded.metrics.at(-1);
      if (recorded.outcome.state !== 'running' || last === undefined) return [];
      const { generator_steps: steps } = units.get(recorded.stage.id) ?? {};
      return [[recorded, { step: last.step, steps }]];
    }),
  );
}

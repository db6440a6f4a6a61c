import { clockSeconds } from '../../base/budget.js';
import type { RunRecord } from '../../execute/record.js';
import type { StartWorker } from '../../execute/worker-pool.js';

/** Starts stages as given, but trainings with a budget on the clock for the steps that it came to in an earlier run. */
export function withRecordedBudgets(start: StartWorker, { stages }: RunRecord): StartWorker {
  const steps = new Map(stages.map(({ stage, metrics }) => [stage.id, metrics.at(-1)?.step]));
  return (job, watch) => {
    if (job.kind !== 'train' || clockSeconds(job.fields.budget) === undefined) return start(job, watch);
    const budget = { generator_steps: steps.get(job.stage) ?? 1 };
    return start({ ...job, fields: { ...job.fields, budget } }, watch);
  };
}

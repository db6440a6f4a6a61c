import { required } from '../base/invariant.js';
import type { PipelineSpec } from '../spec/pipeline.js';
import { datasetNameOf } from './stage-drafts.js';
import type { Plan, PlannedStage } from './types.js';

/**
 * The planned stages as records show them: with paths as they were written, and `${env:NAME}` where an environment
 * variable gave them. Only datasets name paths.
 */
export function shownStages(plan: Plan, displaySpec: PipelineSpec): readonly PlannedStage[] {
  return plan.stages.map((stage) => {
    if (stage.kind !== 'dataset') return stage;
    const name = required(datasetNameOf(stage.id), 'the name of a dataset');
    return { ...stage, fields: required(displaySpec.datasets[name], `dataset ${name}`) };
  });
}

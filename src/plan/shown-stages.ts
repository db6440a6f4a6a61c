import { invariant, required } from '../base/invariant.js';
import type { PlannedExperiments } from './plan.js';
import { declarationOf } from './stage-drafts.js';
import type { PlannedStage } from './types.js';

/**
 * The planned stages as records show them: with paths as they were written, and `${env:NAME}` where an environment
 * variable gave them. Only datasets and commands name paths.
 */
export function shownStages({ plan, experiments }: PlannedExperiments): readonly PlannedStage[] {
  return plan.stages.map((stage) => {
    if (stage.kind !== 'dataset' && stage.kind !== 'command') return stage;
    const [, name] = declarationOf(stage.id);
    const { displaySpec } = required(experiments.get(stage.id), `experiment of ${stage.id}`);
    if (stage.kind === 'dataset') {
      return { ...stage, fields: required(displaySpec.datasets[name], `dataset ${name}`) };
    }
    const declared = displaySpec.stages[name];
    invariant(declared?.type === 'command', `command ${name}`);
    const { directory, deps } = declared;
    return { ...stage, fields: { ...stage.fields, directory, deps } };
  });
}

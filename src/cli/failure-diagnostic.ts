import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { StageFailure } from '../execute/events.js';
import type { StageId } from '../plan/types.js';
import { datasetNameOf } from '../plan/stage-drafts.js';
import type { Experiment } from '../resolve/experiment.js';
import { nodeAt } from '../source/node-at.js';

/** A problem that a stage found at work, at the place in the file that it is about. */
export function failureDiagnostic(
  experiment: Experiment,
  stage: StageId,
  { message, field, help }: Extract<StageFailure, { reason: 'problem' }>,
): Diagnostic {
  const dataset = datasetNameOf(stage);
  const declaration = dataset === undefined ? ['stages', stage] : ['datasets', dataset];
  const range = (
    nodeAt(experiment.origins, [...declaration, ...field]) ?? nodeAt(experiment.origins, declaration)
  )?.range;
  return {
    code: 'stage-problem',
    severity: 'error',
    message,
    ...(range && { range }),
    notes: [],
    ...(help !== undefined && { help }),
  };
}

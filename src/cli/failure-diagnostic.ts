import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { StageFailure } from '../execute/events.js';
import type { StageId } from '../plan/types.js';
import { declarationOf } from '../plan/stage-drafts.js';
import type { Experiment } from '../resolve/experiment.js';
import { nodeAt } from '../source/node-at.js';

/**
 * A problem that a stage found at work, at the place in the file that it is about.
 * @param experiment One that has the stage.
 */
export function failureDiagnostic(
  experiment: Experiment,
  stage: StageId,
  { message, field, help }: Extract<StageFailure, { reason: 'problem' }>,
): Diagnostic {
  const declaration = declarationOf(stage);
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

import { shownStages } from '../../plan/shown-stages.js';
import type { AssessedStage, Assessment } from '../assess-plan.js';
import type { PlannedPipeline } from '../planning.js';
import { causeJson } from './cause-json.js';
import { estimateOf } from './plan-text.js';
import type { Teller } from './told-cause.js';

/** The whole plan on one line, for machines: each stage with what is cached, the reasons, units, networks and the time estimated. */
export function planJson(
  { planned }: PlannedPipeline,
  { stages, units, networks }: Assessment,
  teller: Teller,
): string {
  const shown = new Map(shownStages(planned).map((stage) => [stage.id, stage]));
  const running = stages.filter(({ runs }) => runs).length;
  const unread = stages.filter(({ hindrance }) => hindrance && 'diverged' in hindrance).length;
  const behindGates = stages.filter(({ hindrance }) => hindrance && 'refused' in hindrance).length;
  const { seconds, unknown } = estimateOf(stages);
  const whole = {
    type: 'plan',
    ...planned.plan,
    counts: { run: running, cached: stages.length - running - unread - behindGates, unread, behindGates },
    ...(seconds !== undefined && { estimateSeconds: seconds }),
    unknownEstimates: unknown,
    stages: stages.map((row) => ({
      ...shown.get(row.stage.id),
      ...verdictJson(row, teller),
      ...(units.has(row.stage.id) && { units: units.get(row.stage.id) }),
      ...(networks.has(row.stage.id) && { networks: networks.get(row.stage.id) }),
    })),
  };
  return `${JSON.stringify(whole)}\n`;
}

/** What a run would do with a stage, and why. */
export function verdictJson(row: AssessedStage, teller: Teller): object {
  const { stage, found, runs, sameAs, hindrance, explanation, estimate } = row;
  const { causes, compared } = explanation;
  return {
    cache: found.state,
    ...(found.state === 'hit' && { seconds: found.artifact.seconds }),
    runs,
    ...(sameAs !== undefined && { sameAs }),
    ...hindrance,
    reasons: causes.map((cause) => causeJson(teller.tell(cause, stage.id))),
    ...(compared && { comparedWith: { run: compared.run.run, stage: compared.stage.id } }),
    ...(estimate !== undefined && { estimateSeconds: estimate }),
  };
}

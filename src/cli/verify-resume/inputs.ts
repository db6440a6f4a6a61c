import type { RunnablePlan, RunnableStage, StageId } from '../../plan/types.js';

/** The part of a plan that makes what a stage reads. */
export function planOfInputs(plan: RunnablePlan, stage: RunnableStage): RunnablePlan {
  const wanted = new Set<StageId>(stage.inputs.map((input) => input.stage));
  // Stages come after all that they need: from the end, each is known to be wanted before what it needs is.
  for (const { id, inputs, after } of plan.stages.toReversed()) {
    if (!wanted.has(id)) continue;
    for (const needed of [...inputs.map((input) => input.stage), ...after]) wanted.add(needed);
  }
  return { ...plan, stages: plan.stages.filter(({ id }) => wanted.has(id)) };
}

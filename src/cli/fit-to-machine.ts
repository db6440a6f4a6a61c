import { required } from '../base/invariant.js';
import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { excessOf, excessProblem, type Machine } from '../execute/resources.js';
import { fieldPlace } from '../plan/field-place.js';
import { assessPlan } from './assess-plan.js';
import { machineFor } from './machine.js';
import type { PlannedPipeline } from './planning.js';
import type { Surroundings } from './surroundings.js';

/**
 * What the machine has for a pipeline; or the stages that are to run and ask for more than that, each place in the file
 * once. What is cached can be taken on any machine.
 */
export async function fitToMachine(
  pipeline: PlannedPipeline,
  options: { readonly runs: string; readonly force: boolean },
  environment: Surroundings['environment'],
): Promise<Result<Machine, readonly Diagnostic[]>> {
  const machine = await machineFor(pipeline.planned.plan, environment);
  const tooLarge = await tooLargeStages(pipeline, machine, options);
  return tooLarge.length > 0 ? err(tooLarge) : ok(machine);
}

async function tooLargeStages(
  pipeline: PlannedPipeline,
  machine: Machine,
  options: { readonly runs: string; readonly force: boolean },
): Promise<readonly Diagnostic[]> {
  const { plan, experiments } = pipeline.planned;
  if (plan.stages.every(({ policy }) => excessOf(policy, machine) === undefined)) return [];
  const { stages } = await assessPlan(pipeline, options);
  const diagnostics = new Map<string, Diagnostic>();
  for (const { stage, runs } of stages) {
    const excess = runs ? excessOf(stage.policy, machine) : undefined;
    if (excess === undefined) continue;
    const { message, field, help } = excessProblem(excess);
    const { range } = fieldPlace(
      required(experiments.get(stage.id), `experiment of ${stage.id}`),
      stage.id,
      field,
    );
    const place = `${range.source.name}:${range.start} ${message}`;
    if (diagnostics.has(place)) continue;
    diagnostics.set(place, { code: 'machine-too-small', severity: 'error', message, range, notes: [], help });
  }
  return [...diagnostics.values()];
}

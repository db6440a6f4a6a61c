import type { Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { planLock } from './lock/plan-lock.js';
import { planPipeline, type PlannedPipeline, type PlanningOptions } from './planning.js';
import type { Surroundings } from './surroundings.js';

/** What a command plans: a pipeline file, or a frozen plan, which has its own backend and arguments of `-S`. */
export type PipelineInput = { readonly file: string } | { readonly lock: string };

export function planInput(
  input: PipelineInput,
  options: PlanningOptions,
  surroundings: Surroundings,
): Promise<Result<PlannedPipeline, readonly Diagnostic[]>> {
  return 'lock' in input
    ? planLock(input.lock, options.runs, surroundings)
    : planPipeline(input.file, options, surroundings);
}

import { assessPlan } from '../assess-plan.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { planPipeline, type PlanningOptions } from '../planning.js';
import { planJson } from '../planned/plan-json.js';
import { planText } from '../planned/plan-text.js';
import { Teller } from '../planned/told-cause.js';
import { printDiagnostics } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';
import { lookOf } from '../terminal/look.js';
import { widthOf } from '../terminal-features.js';

export interface PlanOptions extends PlanningOptions {
  readonly force: boolean;
  readonly json: boolean;
}

/** Says what a run would do and why, and does nothing. */
export async function plan(
  file: string,
  options: PlanOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const planned = await planPipeline(file, options, surroundings);
  const diagnostics = planned.ok ? planned.value.warnings : planned.error;
  printDiagnostics(diagnostics, options.json ? 'json-lines' : 'text', surroundings);
  if (!planned.ok) return exitCode.usage;
  const assessment = await assessPlan(planned.value, options);
  const teller = new Teller(planned.value.planned, assessment.stages);
  const { stdout, environment } = surroundings;
  const text = options.json
    ? planJson(planned.value, assessment, teller)
    : planText(assessment, teller, widthOf(stdout), lookOf(stdout, environment));
  stdout.write(text);
  return exitCode.ok;
}

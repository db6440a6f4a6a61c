import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { refusedCommands } from '../../plan/runnable.js';
import { assessPlan } from '../assess-plan.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { fitToMachine } from '../fit-to-machine.js';
import { writeLock } from '../lock/write-lock.js';
import { planInput, type PipelineInput } from '../plan-input.js';
import { runnablePipeline, type PlannedPipeline, type PlanningOptions } from '../planning.js';
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
  /** Whether the file may run programs, by command stages. */
  readonly commands: boolean;
  /** Whether what a run refuses is refused here, too: what this release cannot run, or this machine. */
  readonly asRun: boolean;
  /** The file that the plan is frozen in. */
  readonly out: string | undefined;
}

/** Says what a run would do and why, and does nothing; freezes that in a file where one is named. */
export async function plan(
  pipeline: PipelineInput,
  options: PlanOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const planned = await planInput(pipeline, options, surroundings);
  const refused = planned.ok ? await refusalsOf(planned.value, options, surroundings) : [];
  const diagnostics = planned.ok ? [...planned.value.warnings, ...refused] : planned.error;
  printDiagnostics(diagnostics, options.json ? 'json-lines' : 'text', surroundings);
  if (!planned.ok || refused.length > 0) return exitCode.usage;
  const assessment = await assessPlan(planned.value, options);
  const teller = new Teller(planned.value.planned, assessment.stages);
  const { stdout, environment } = surroundings;
  const text = options.json
    ? planJson(planned.value, assessment, teller)
    : planText(assessment, teller, widthOf(stdout), lookOf(stdout, environment));
  stdout.write(text);
  return options.out === undefined ? exitCode.ok : freeze(options.out, planned.value, options, surroundings);
}

async function refusalsOf(
  planned: PlannedPipeline,
  options: PlanOptions,
  { environment }: Surroundings,
): Promise<readonly Diagnostic[]> {
  if (!options.asRun) return options.commands ? [] : refusedCommands(planned.planned);
  const runnable = runnablePipeline(planned, options);
  if (!runnable.ok) return runnable.error;
  const machine = await fitToMachine(runnable.value, options, environment);
  return machine.ok ? [] : machine.error;
}

async function freeze(
  file: string,
  planned: PlannedPipeline,
  { json }: PlanOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { directory, stdout } = surroundings;
  const written = await writeLock(file, planned, directory);
  if (!written.ok) {
    printDiagnostics(written.error, json ? 'json-lines' : 'text', surroundings);
    return exitCode.usage;
  }
  if (!json) stdout.write(`Frozen: wassermill run --plan ${file}\n`);
  return exitCode.ok;
}

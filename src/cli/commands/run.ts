import { availableParallelism } from 'node:os';
import path from 'node:path';

import { plural } from '../../base/format.js';
import { openStore } from '../../cache/store.js';
import type { CheckpointInterval } from '../../execute/contract.js';
import type { FailureMode } from '../../execute/failure-mode.js';
import { shownPath } from '../../files/shown-path.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { fitToMachine } from '../fit-to-machine.js';
import { intendedRun, type IntendedRun } from '../intended-run.js';
import { interruptible } from '../interrupts.js';
import type { LogLevel } from '../log-levels.js';
import { planInput, type PipelineInput } from '../plan-input.js';
import { runnablePipeline, type PlanningOptions } from '../planning.js';
import { printDiagnostics } from '../print-diagnostics.js';
import { recordedResults, type RecordedResults } from '../recorded-results.js';
import type { Surroundings } from '../surroundings.js';

export interface RunCommandOptions extends PlanningOptions {
  readonly jobs: number;
  /** What becomes of the rest when a stage has failed; undefined for what suits the file. */
  readonly onFailure: FailureMode | undefined;
  readonly force: boolean;
  readonly json: boolean;
  readonly logLevel: LogLevel | undefined;
  readonly checkpoints: CheckpointInterval;
  /** Whether the file may run programs, by command stages. */
  readonly commands: boolean;
}

/**
 * Runs a pipeline: plans it, sets the backend up, runs what is not cached, reports, and tells MLflow. Where all that has
 * been done and recorded, it says where, and writes nothing.
 */
export async function run(
  pipeline: PipelineInput,
  options: RunCommandOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const planned = await planInput(pipeline, options, surroundings);
  const runnable = planned.ok ? runnablePipeline(planned.value, options) : planned;
  const warnings = planned.ok ? planned.value.warnings : [];
  const diagnostics = runnable.ok ? warnings : [...warnings, ...runnable.error];
  printDiagnostics(diagnostics, options.json ? 'json-lines' : 'text', surroundings);
  if (!runnable.ok) return exitCode.usage;
  const intended = await intendedRun(runnable.value, surroundings.environment);
  const recorded = options.force
    ? undefined
    : await recordedResults(intended, options.runs, surroundings.directory);
  if (recorded) {
    sayRecorded(intended, recorded, options.json, surroundings);
    return exitCode.ok;
  }
  const machine = await fitToMachine(runnable.value, options, surroundings.environment);
  if (!machine.ok) {
    printDiagnostics(machine.error, options.json ? 'json-lines' : 'text', surroundings);
    return exitCode.usage;
  }
  sayCores(options.jobs, surroundings);
  // Before the set-up, which may take minutes: a folder that cannot be written is told at once.
  const cache = await openStore(path.join(options.runs, 'store'));
  await intended.sources.save();
  const { signal, saveRequests, release } = interruptible();
  try {
    // What computes, and shows it, is loaded where it is needed: half of the time that the rest takes.
    const { executeInView } = await import('../execute-in-view.js');
    const execution = { ...options, machine: machine.value, cache, signal, saveRequests };
    return await executeInView(intended, execution, surroundings);
  } finally {
    release();
  }
}

/** Stages keep their number of threads, which decides their last bits: with too many of them each gets less time. */
function sayCores(jobs: number, { stderr }: Surroundings): void {
  const cores = availableParallelism();
  if (jobs <= cores) return;
  stderr.write(
    `warning: -j ${jobs} is more than the ${plural(cores, 'core')} there ${cores === 1 ? 'is' : 'are'}: stages slow each other down\n`,
  );
}

function sayRecorded(
  { planned }: IntendedRun,
  { run: name, report, mlflow, cached }: RecordedResults,
  json: boolean,
  { stdout, directory }: Surroundings,
): void {
  if (json) {
    stdout.write(`${JSON.stringify({ type: 'up_to_date', run: name, report, mlflow })}\n`);
    return;
  }
  const { pipeline } = planned.plan;
  const lines = [
    `${pipeline}: nothing to run; ${plural(cached, 'stage')} cached`,
    '',
    `Numbers  wassermill show ${name}`,
    `Report   ${shownPath(report, directory)}`,
    ...mlflow.map((place) => `MLflow   ${place}`),
  ];
  stdout.write(`${lines.join('\n')}\n`);
}

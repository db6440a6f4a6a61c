import path from 'node:path';

import { openStore } from '../../cache/store.js';
import { plainPalette, colourPalette } from '../../diagnostics/palette.js';
import { renderDiagnostics } from '../../diagnostics/render.js';
import type { RunOutcome } from '../../execute/events.js';
import { shownPath } from '../../files/shown-path.js';
import { executePlan, type ExecuteOptions, type FinishedRun } from '../execute-plan.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { failureDiagnostic } from '../failure-diagnostic.js';
import { interruptible, stoppingNotice } from '../interrupts.js';
import type { LogLevel } from '../log-levels.js';
import { prepareBackend } from '../native-backend.js';
import { planInput, type PipelineInput } from '../plan-input.js';
import { runnablePipeline, type PlanningOptions, type RunnablePipeline } from '../planning.js';
import { printDiagnostics } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';
import type { RunDisplay } from '../terminal/contract.js';
import { createDisplay } from '../terminal/display.js';
import { hasColour, widthOf } from '../terminal-features.js';

export interface RunCommandOptions extends PlanningOptions {
  readonly jobs: number;
  readonly force: boolean;
  readonly json: boolean;
  readonly logLevel: LogLevel | undefined;
}

/** Runs a pipeline: plans it, sets the backend up, runs what is not cached, reports, and tells MLflow. */
export async function run(
  pipeline: PipelineInput,
  options: RunCommandOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const planned = await planInput(pipeline, options, surroundings);
  const runnable = planned.ok ? runnablePipeline(planned.value) : planned;
  const warnings = planned.ok ? planned.value.warnings : [];
  const diagnostics = runnable.ok ? warnings : [...warnings, ...runnable.error];
  printDiagnostics(diagnostics, options.json ? 'json-lines' : 'text', surroundings);
  if (!runnable.ok) return exitCode.usage;
  // That of a frozen plan is its own.
  const { backend } = runnable.value.planned.plan;
  // Before the set-up, which may take minutes: a folder that cannot be written is told at once.
  const cache = await openStore(path.join(options.runs, 'store'));
  await runnable.value.sources.save();
  const { signal, release } = interruptible();
  try {
    const workerVariables = await prepareBackend(backend, surroundings, signal);
    if (!workerVariables.ok) return workerVariables.error;
    const prepared = { ...options, backend, cache, signal, workerVariables: workerVariables.value };
    return await executeInView(runnable.value, prepared, options.json, surroundings);
  } finally {
    release();
  }
}

/** Executes the plan in front of the user. */
async function executeInView(
  pipeline: RunnablePipeline,
  options: Omit<ExecuteOptions, 'onEvent'>,
  json: boolean,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const display = displayOf(pipeline, json, options.logLevel !== undefined, surroundings);
  options.signal.addEventListener('abort', () => display.say(stoppingNotice));
  try {
    const finished = await executePlan(
      pipeline,
      { ...options, onEvent: (event) => display.show(event) },
      surroundings,
    );
    const { record, warnings } = finished;
    display.finish({ record, warnings, lines: whereabouts(finished, surroundings.directory) });
    return exitCodeOf(finished.outcome);
  } finally {
    display.close();
  }
}

function displayOf(
  { planned, first }: RunnablePipeline,
  json: boolean,
  logged: boolean,
  surroundings: Surroundings,
): RunDisplay {
  const { stdout, environment } = surroundings;
  const palette = hasColour(stdout, environment) ? colourPalette : plainPalette;
  return createDisplay(surroundings, {
    json,
    logged,
    renderProblem: (stage, failure) =>
      renderDiagnostics([failureDiagnostic(planned.experiments.get(stage) ?? first, stage, failure)], {
        palette,
        width: widthOf(stdout),
      }),
  });
}

function whereabouts({ report, hint }: FinishedRun, directory: string): readonly string[] {
  return [
    ...(report === undefined ? [] : [`Report  ${shownPath(report, directory)}`]),
    ...(hint === undefined ? [] : [`MLflow  ${hint}`]),
  ];
}

function exitCodeOf(outcome: RunOutcome): ExitCode {
  switch (outcome) {
    case 'succeeded':
      return exitCode.ok;
    case 'failed':
      return exitCode.failed;
    case 'interrupted':
      return exitCode.interrupted;
  }
}

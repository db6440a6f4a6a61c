import { ok } from '../base/result.js';
import { plainPalette, colourPalette } from '../diagnostics/palette.js';
import { renderDiagnostics } from '../diagnostics/render.js';
import type { RunEvent, RunOutcome } from '../execute/events.js';
import { shownPath } from '../files/shown-path.js';
import { usesTensors } from '../plan/uses-tensors.js';
import { executePlan, type ExecuteOptions, type FinishedRun } from './execute-plan.js';
import { exitCode, type ExitCode } from './exit-code.js';
import { failureDiagnostic } from './failure-diagnostic.js';
import type { IntendedRun } from './intended-run.js';
import { stoppingNotice } from './interrupts.js';
import { prepareBackend } from './native-backend.js';
import type { Surroundings } from './surroundings.js';
import type { RunDisplay } from './terminal/contract.js';
import { createDisplay } from './terminal/display.js';
import { hasColour, widthOf } from './terminal-features.js';

export interface ViewOptions extends Omit<ExecuteOptions, 'onEvent' | 'workerVariables'> {
  /** Events on standard output in place of a view. */
  readonly json: boolean;
}

/** Sets the backend up and executes the plan, in front of the user. */
export async function executeInView(
  intended: IntendedRun,
  options: ViewOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { signal } = options;
  // That of a frozen plan is its own.
  const { backend, stages } = intended.planned.plan;
  const needsBackend = stages.some(({ kind }) => usesTensors(kind));
  const workerVariables = needsBackend ? await prepareBackend(backend, surroundings, signal) : ok({});
  if (!workerVariables.ok) return workerVariables.error;
  const display = displayOf(intended, options, surroundings);
  signal.addEventListener('abort', () => display.say(stoppingNotice));
  try {
    const watched = {
      ...options,
      workerVariables: workerVariables.value,
      onEvent: (event: RunEvent) => display.show(event),
    };
    const finished = await executePlan(intended, watched, surroundings);
    const { record, warnings } = finished;
    display.finish({ record, warnings, lines: whereabouts(finished, surroundings.directory) });
    return exitCodeOf(finished.outcome);
  } finally {
    display.close();
  }
}

function displayOf(
  { planned, first }: IntendedRun,
  { json, logLevel }: ViewOptions,
  surroundings: Surroundings,
): RunDisplay {
  const { stdout, environment } = surroundings;
  const palette = hasColour(stdout, environment) ? colourPalette : plainPalette;
  return createDisplay(surroundings, {
    json,
    logged: logLevel !== undefined,
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
    case 'refused':
      return exitCode.failed;
    case 'inconclusive':
      return exitCode.inconclusive;
    case 'interrupted':
      return exitCode.interrupted;
  }
}

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { openStore } from '../../cache/store.js';
import { plainPalette, colourPalette } from '../../diagnostics/palette.js';
import { renderDiagnostics } from '../../diagnostics/render.js';
import { recordOf, type RunRecord } from '../../execute/record.js';
import type { RunEvent, RunOutcome } from '../../execute/events.js';
import { runPlan } from '../../execute/scheduler.js';
import { localWorkers } from '../../execute/worker-pool.js';
import { writeFileAtomic } from '../../files/atomic-write.js';
import { shownStages } from '../../plan/shown-stages.js';
import { renderReport } from '../../report/report.js';
import { createTracking } from '../../tracking/tracking.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { failureDiagnostic } from '../failure-diagnostic.js';
import { interruptible } from '../interrupts.js';
import { logEvent, openLog, type LogLevel } from '../log.js';
import { prepareBackend, type WorkerVariables } from '../native-backend.js';
import { planPipeline, type PlannedPipeline, type PlanningOptions } from '../planning.js';
import { printDiagnostics } from '../print-diagnostics.js';
import { provenanceOf } from '../provenance.js';
import { createRunFolder, type RunFolder } from '../run-folder.js';
import type { Surroundings } from '../surroundings.js';
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
  file: string,
  options: RunCommandOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const planned = await planPipeline(file, options, surroundings);
  if (!planned.ok || !options.json) {
    const diagnostics = planned.ok ? planned.value.warnings : planned.error;
    printDiagnostics(diagnostics, options.json ? 'json' : 'text', surroundings);
  }
  if (!planned.ok) return exitCode.usage;
  const { signal, release } = interruptible(surroundings.stderr);
  try {
    const prepared = await prepareBackend(options.backend, surroundings, signal);
    if (!prepared.ok) return prepared.error;
    return await execute(file, planned.value, options, surroundings, prepared.value, signal);
  } finally {
    release();
  }
}

async function execute(
  file: string,
  pipeline: PlannedPipeline,
  options: RunCommandOptions,
  surroundings: Surroundings,
  workerVariables: WorkerVariables,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { planned, first } = pipeline;
  const { plan } = planned;
  const { stdout, environment, directory, now } = surroundings;
  const store = await openStore(path.join(options.runs, 'store'));
  const stages = shownStages(planned);
  const specification = { ...first.displaySpec, ...(plan.axes && { axes: plan.axes }) };
  const folder = await createRunFolder(options.runs, now(), { ...plan, stages }, specification);
  const log = openLog(folder.log, options.logLevel);
  const tracking = createTracking({
    runsDirectory: options.runs,
    runDirectory: folder.directory,
    trackingUri: environment['MLFLOW_TRACKING_URI'],
    workingDirectory: directory,
  });
  const display = createDisplay(surroundings, {
    json: options.json,
    renderProblem: (stage, failure) =>
      renderDiagnostics([failureDiagnostic(planned.experiments.get(stage) ?? first, stage, failure)], {
        palette: hasColour(stdout, environment) ? colourPalette : plainPalette,
        width: widthOf(stdout),
      }),
  });
  const events: RunEvent[] = [];
  try {
    const outcome = await runPlan(plan, {
      start: {
        run: folder.run,
        desc: first.spec.desc,
        specification,
        stages,
        provenance: await provenanceOf(file, options.backend, surroundings),
      },
      cache: store,
      startWorker: localWorkers({
        module: fileURLToPath(new URL('../worker.js', import.meta.url)),
        environment: { ...environment, ...workerVariables },
        log: (stage, line) => log.logger.debug({ stage }, line),
      }),
      emit: (event) => {
        // The journal first: what is shown has been written down.
        tracking.accept(event);
        logEvent(log.logger, event);
        display.show(event);
        if (event.type !== 'stage_reported' || event.event.type !== 'progress') events.push(event);
      },
      now,
      signal,
      jobs: options.jobs,
      force: options.force,
    });
    const record = recordOf(events);
    await writeReport(record, folder, now());
    const tracked = await tracking.close();
    for (const problem of tracked.problems) log.logger.warn(problem);
    display.finish({ record, lines: whereabouts(folder, directory, tracked) });
    return exitCodeOf(outcome);
  } finally {
    display.close();
    log.close();
  }
}

async function writeReport(record: RunRecord, folder: RunFolder, now: number): Promise<void> {
  const html = await renderReport(record, { readFile: (file) => readFile(file), now });
  await writeFileAtomic(folder.report, html);
}

function whereabouts(
  folder: RunFolder,
  directory: string,
  tracked: { readonly hint: string | undefined; readonly problems: readonly string[] },
): readonly string[] {
  return [
    `Report  ${path.relative(directory, folder.report)}`,
    ...(tracked.hint === undefined ? [] : [`MLflow  ${tracked.hint}`]),
    ...tracked.problems.map((problem) => `warning: ${problem}`),
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

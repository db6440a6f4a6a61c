import { readFile } from 'node:fs/promises';

import { err, ok, type Result } from '../base/result.js';
import type { Cache } from '../cache/contract.js';
import { realDelay } from '../execute/attempts.js';
import type { CheckpointInterval } from '../execute/contract.js';
import type { MachineSampled, RunEvent, RunOutcome } from '../execute/events.js';
import { recordOf, type RunRecord } from '../execute/record.js';
import type { FailureMode } from '../execute/failure-mode.js';
import type { Machine } from '../execute/resources.js';
import { runPlan } from '../execute/scheduler.js';
import type { SaveRequests } from '../execute/worker-pool.js';
import { writeFileAtomic } from '../files/atomic-write.js';
import { systemProblem } from '../files/system-problem.js';
import { shownStages } from '../plan/shown-stages.js';
import { renderReport } from '../report/report.js';
import { createTracking } from '../tracking/tracking.js';
import type { IntendedRun } from './intended-run.js';
import { machineGauges, sampleMachine } from './machine-samples.js';
import type { LogLevel } from './log-levels.js';
import { logEvent, openLog } from './log.js';
import { writeLock } from './lock/write-lock.js';
import { markRecorded } from './recorded-results.js';
import { createRunFolder, lockIn } from './run-folder.js';
import { stageStarter } from './stage-starter.js';
import type { Surroundings } from './surroundings.js';
import { onUnchangedSources } from './unchanged-sources.js';

export interface ExecuteOptions {
  /** Absolute path of the folder of outputs. */
  readonly runs: string;
  readonly jobs: number;
  readonly machine: Machine;
  /** Undefined for `continue` where the file stands for several variants, and else `stop`. */
  readonly onFailure: FailureMode | undefined;
  readonly force: boolean;
  /** From this level the log goes to standard error, too. */
  readonly logLevel: LogLevel | undefined;
  readonly cache: Cache;
  /** What workers need to compute beyond the user's environment. */
  readonly workerVariables: Surroundings['environment'];
  readonly signal: AbortSignal;
  /** How often long stages put away how far they have come. */
  readonly checkpoints: CheckpointInterval;
  /** When to do so at once; never, unless it is given. */
  readonly saveRequests?: SaveRequests;
  /** Told of each event after it has been written down. */
  readonly onEvent: (event: RunEvent) => void;
}

/** What came of a run, and where it is. */
export interface FinishedRun {
  readonly outcome: RunOutcome;
  readonly record: RunRecord;
  /** Absolute path of the run's own folder. */
  readonly directory: string;
  /** Absolute path; undefined where it could not be written. */
  readonly report: string | undefined;
  /** How to see the run in MLflow. */
  readonly hint: string | undefined;
  /** What did not work out, though the run did, and what else should be known. */
  readonly warnings: readonly string[];
}

/** Runs a plan: journal first, then whoever watches; at the end the report, and MLflow. */
export async function executePlan(
  intended: IntendedRun,
  options: ExecuteOptions,
  { environment, directory, now }: Pick<Surroundings, 'environment' | 'directory' | 'now'>,
): Promise<FinishedRun> {
  const { planned, first, sources, specification, provenance, trackingUri } = intended;
  const { cache, jobs, machine, force, signal, checkpoints } = options;
  const folder = await createRunFolder(options.runs, now(), intended);
  // A sweep may be too large to be frozen; the run needs it not.
  await writeLock(lockIn(folder.directory), intended, directory);
  const log = openLog(folder.log, options.logLevel);
  const tracking = createTracking({
    runsDirectory: options.runs,
    runDirectory: folder.directory,
    trackingUri,
    client: { environment },
    workingDirectory: directory,
  });
  const starter = stageStarter({
    environment,
    workerVariables: options.workerVariables,
    ...(options.saveRequests && { saveRequests: options.saveRequests }),
    onLine: (source, stage, line) => log.logger[source === 'command' ? 'info' : 'debug']({ stage }, line),
    now,
  });
  const events: RunEvent[] = [];
  const emit = (event: RunEvent): void => {
    // The journal first: what is shown has been written down.
    tracking.accept(event);
    logEvent(log.logger, event);
    options.onEvent(event);
    if (event.type !== 'stage_reported' || event.event.type !== 'progress') events.push(event);
  };
  let stopSampling: (() => void) | undefined;
  const tellSample = (sample: MachineSampled): void => {
    try {
      emit(sample);
    } catch {
      // Nobody catches what a timer throws. Who cannot be told of this cannot be told of what comes next, which is caught.
      stopSampling?.();
    }
  };
  try {
    const outcome = await runPlan(planned.plan, {
      start: {
        run: folder.run,
        desc: first.spec.desc,
        specification,
        stages: shownStages(planned),
        provenance,
      },
      cache,
      startWorker: onUnchangedSources(starter.any, sources),
      emit: (event) => {
        if (event.type === 'run_finished') stopSampling?.();
        emit(event);
        if (event.type === 'run_started') {
          const gauges = machineGauges(planned.plan, options.runs, environment);
          stopSampling = sampleMachine(gauges, tellSample, now);
        }
      },
      now,
      delay: realDelay,
      signal,
      jobs,
      machine,
      // One failed cell of a sweep says little about the others; one failed stage of a pipeline most often does.
      onFailure: options.onFailure ?? (planned.plan.axes ? 'continue' : 'stop'),
      force,
      checkpoints,
    });
    const record = recordOf(events);
    const report = await writeReport(record, folder.report, now());
    // After the report, which is tracked too.
    const { hint, problems, notes } = await tracking.close();
    const lacking = [...(report.ok ? [] : [report.error]), ...problems];
    for (const warning of [...lacking, ...notes]) log.logger.warn(warning);
    if (log.file.problem !== undefined) lacking.push(log.file.problem);
    if (outcome === 'succeeded' && lacking.length === 0) await markRecorded(folder.directory, intended);
    return {
      outcome,
      record,
      directory: folder.directory,
      report: report.ok ? report.value : undefined,
      hint,
      warnings: [...lacking, ...notes],
    };
  } catch (error) {
    await tracking.close();
    throw error;
  } finally {
    stopSampling?.();
    starter.close();
    log.file.close();
  }
}

/** A report that cannot be written is no reason to lose the run: `wassermill report` writes it later. */
async function writeReport(record: RunRecord, file: string, now: number): Promise<Result<string, string>> {
  const html = await renderReport(record, { readFile: (picture) => readFile(picture), now });
  try {
    await writeFileAtomic(file, html);
    return ok(file);
  } catch (error) {
    const problem = systemProblem(error);
    if (problem === undefined) throw error;
    return err(`the report cannot be written: ${problem.message}`);
  }
}

import path from 'node:path';

import { err, ok, type Result } from '../base/result.js';
import { openStore } from '../cache/store.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { CheckpointInterval } from '../execute/contract.js';
import type { RunEvent } from '../execute/events.js';
import { libraryVariables } from '../native/addon-check.js';
import { ensureNative } from '../native/ensure-native.js';
import { chooseFlavour } from '../native/host.js';
import type { NativeProblem } from '../native/problem.js';
import type { SetupProgress } from '../native/progress.js';
import type { BackendName } from '../plan/types.js';
import { defaultCheckpointInterval } from './checkpoint-interval.js';
import { usesTensors } from '../plan/uses-tensors.js';
import { executePlan, type FinishedRun } from './execute-plan.js';
import { intendedRun } from './intended-run.js';
import { planPipeline, runnablePipeline } from './planning.js';
import { processSurroundings } from './surroundings.js';

export interface RunPipelineOptions {
  /** By default TensorFlow on an NVIDIA GPU where there is one, else on the CPU. */
  readonly backend?: BackendName;
  /** The folder of outputs: `runs` in the working directory unless given. */
  readonly runs?: string;
  /** How many stages may run at once: 1 unless given. */
  readonly jobs?: number;
  /** How often trainings save how far they have come: every 30 seconds unless given. */
  readonly checkpoints?: CheckpointInterval;
  /** Runs every stage although it is cached. */
  readonly force?: boolean;
  /** false: a file with command stages is refused, so that running it runs no code but Wassermill's. */
  readonly commands?: boolean;
  /** Changes to the file, as the arguments of `-S` are written. */
  readonly overrides?: readonly string[];
  /** Aborted when the run is to stop. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  /** Told how the set-up of the native backend goes on, where there is one to do. */
  readonly onSetUp?: (progress: SetupProgress) => void;
}

export type RunPipelineProblem =
  | { readonly reason: 'pipeline'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly reason: 'backend'; readonly problem: NativeProblem };

/**
 * Runs a pipeline file as `wassermill run` does, without a terminal: sets the backend up, runs what is not
 * cached, writes the report, and tells MLflow. A stage that fails is an outcome, and no error.
 *
 * @throws an error named `AbortError` when the signal is aborted during the set-up, and the operating system's
 *   errors where the folder of outputs cannot be written.
 */
export async function runPipeline(
  file: string,
  options: RunPipelineOptions = {},
): Promise<Result<FinishedRun, RunPipelineProblem>> {
  const surroundings = processSurroundings();
  const { backend = chooseFlavour(), jobs = 1, force = false, onEvent = () => undefined } = options;
  const { checkpoints = defaultCheckpointInterval } = options;
  const { signal = new AbortController().signal, onSetUp = () => undefined } = options;
  const runs = path.resolve(surroundings.directory, options.runs ?? 'runs');
  const planned = await planPipeline(
    file,
    { backend, runs, overrides: options.overrides ?? [] },
    surroundings,
  );
  const runnable = planned.ok
    ? runnablePipeline(planned.value, { commands: options.commands ?? true })
    : planned;
  if (!runnable.ok) return err({ reason: 'pipeline', diagnostics: runnable.error });
  const cache = await openStore(path.join(runs, 'store'));
  await runnable.value.sources.save();
  const needsBackend = runnable.value.planned.plan.stages.some(({ kind }) => usesTensors(kind));
  const workerVariables = needsBackend
    ? await variablesOf(backend, surroundings.environment, { report: onSetUp, signal })
    : ok({});
  if (!workerVariables.ok) return err({ reason: 'backend', problem: workerVariables.error });
  const intended = await intendedRun(runnable.value, surroundings.environment);
  const whole = { runs, jobs, force, checkpoints, signal, onEvent, cache, logLevel: undefined };
  return ok(await executePlan(intended, { ...whole, workerVariables: workerVariables.value }, surroundings));
}

async function variablesOf(
  backend: BackendName,
  environment: Readonly<Record<string, string | undefined>>,
  watch: { readonly report: (progress: SetupProgress) => void; readonly signal: AbortSignal },
): Promise<Result<Readonly<Record<string, string>>, NativeProblem>> {
  if (backend === 'cpu') return ok({});
  const install = await ensureNative(backend, watch);
  return install.ok ? ok(libraryVariables(install.value.libraryPath, environment)) : install;
}

import path from 'node:path';

import { digestJson } from '../base/digest.js';
import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { required } from '../base/invariant.js';
import type { Provenance } from '../execute/events.js';
import type { Experiment } from '../resolve/experiment.js';
import { planExperiments, type PlannedExperiments } from '../plan/plan.js';
import { refusedCommands, runnablePlan } from '../plan/runnable.js';
import type { BackendName, Plan, RunnablePlan } from '../plan/types.js';
import type { PlanningWorld, ReadBaseline } from '../plan/world.js';
import { implementationDigests } from './build-manifest.js';
import { noBaselines, serverBaselines } from './baselines.js';
import { loadPipeline, type LoadedPipeline } from './load-pipeline.js';
import { dependencyVersion } from './package.js';
import { tensorflowVersion } from '../native/pins.js';
import { SourceDigests } from './source-digests.js';
import type { Surroundings } from './surroundings.js';

/** What the command line changed of a file. */
interface Changes {
  /** The arguments of `-S`. */
  readonly overrides: readonly string[];
  /** Absolute path of the folder that paths in them count from. */
  readonly directory: string;
}

export interface PlannedPipeline extends Omit<LoadedPipeline, 'experiments'> {
  readonly planned: PlannedExperiments;
  /** The first variant of the file: its base. */
  readonly first: Experiment;
  /** The data files as they were when the plan was made. */
  readonly sources: SourceDigests;
  readonly changes: Changes;
  /** The frozen plan that it comes from; undefined where it was made from the file itself. */
  readonly lock?: Provenance['lock'];
}

/** A planned pipeline of which this release can run everything. */
export interface RunnablePipeline extends PlannedPipeline {
  readonly planned: PlannedExperiments & { readonly plan: RunnablePlan };
}

/**
 * The pipeline, or what in it this release can only plan, or must not run.
 * @param commands Whether the file may run programs, by command stages.
 */
export function runnablePipeline(
  pipeline: PlannedPipeline,
  { commands }: { readonly commands: boolean },
): Result<RunnablePipeline, readonly Diagnostic[]> {
  const refused = commands ? [] : refusedCommands(pipeline.planned);
  const plan = runnablePlan(pipeline.planned);
  if (plan.ok && refused.length === 0) {
    return ok({ ...pipeline, planned: { ...pipeline.planned, plan: plan.value } });
  }
  return err([...refused, ...(plan.ok ? [] : plan.error)]);
}

export interface DraftedPipeline {
  readonly plan: Plan;
  readonly warnings: readonly Diagnostic[];
}

export interface PlanningOptions {
  readonly backend: BackendName;
  /** Absolute path of the folder of outputs. */
  readonly runs: string;
  /** The arguments of `-S`. */
  readonly overrides: readonly string[];
  /** Where baselines are read: on the MLflow server, unless given. */
  readonly readBaseline?: ReadBaseline;
}

/** From the file to the plan: every mistake in the file, or else every data file that cannot be read. Writes nothing. */
export async function planPipeline(
  file: string,
  { backend, runs, overrides, readBaseline }: PlanningOptions,
  surroundings: Surroundings,
): Promise<Result<PlannedPipeline, readonly Diagnostic[]>> {
  const loaded = await loadPipeline(file, overrides, surroundings);
  if (!loaded.ok) return loaded;
  const { experiments, warnings, ...files } = loaded.value;
  const sources = await openSourceDigests(runs, surroundings.now);
  const planned = await planExperiments(experiments, {
    ...thisInstallation(backend),
    digestSource: (source) => sources.digest(source),
    readBaseline: readBaseline ?? serverBaselines(surroundings.environment),
  });
  if (!planned.ok) return err([...planned.error, ...warnings]);
  const first = required(experiments[0], 'the first variant of the file');
  const changes = { overrides, directory: surroundings.directory };
  return ok({ ...files, warnings, planned: planned.value, first, sources, changes });
}

export function openSourceDigests(runs: string, now: () => number): Promise<SourceDigests> {
  return SourceDigests.open(path.join(runs, 'store', 'source-digests.json'), now);
}

/** What computes, and the code that it computes for. */
export function thisInstallation(
  backend: BackendName,
): Pick<PlanningWorld, 'backend' | 'backendVersion' | 'implementations'> {
  return { backend, backendVersion: backendVersion(backend), implementations: implementationDigests() };
}

/**
 * The same from the file alone, for what does not depend on data and backend: which stages there are, and what they
 * read. A file counts as its path, and the keys are none that any run has.
 */
export async function draftPipeline(
  file: string,
  overrides: readonly string[],
  surroundings: Surroundings,
): Promise<Result<DraftedPipeline, readonly Diagnostic[]>> {
  const loaded = await loadPipeline(file, overrides, surroundings);
  if (!loaded.ok) return loaded;
  const { experiments, warnings } = loaded.value;
  const planned = await planExperiments(experiments, {
    backend: 'cpu',
    backendVersion: '',
    implementations: implementationDigests(),
    digestSource: (source) => Promise.resolve(ok(digestJson(source.path))),
    readBaseline: noBaselines,
  });
  return planned.ok ? ok({ plan: planned.value.plan, warnings }) : err([...planned.error, ...warnings]);
}

/** Version of what computes: TensorFlow's library, or tfjs where that computes by itself. */
export function backendVersion(backend: BackendName): string {
  return backend === 'cpu' ? dependencyVersion('@tensorflow/tfjs') : tensorflowVersion;
}

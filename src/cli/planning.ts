import path from 'node:path';

import { digestJson } from '../base/digest.js';
import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { required } from '../base/invariant.js';
import type { Experiment } from '../resolve/experiment.js';
import { planExperiments, type PlannedExperiments } from '../plan/plan.js';
import { runnablePlan } from '../plan/runnable.js';
import type { BackendName, Plan, RunnablePlan } from '../plan/types.js';
import { implementationDigests } from './build-manifest.js';
import { loadPipeline, type LoadedPipeline } from './load-pipeline.js';
import { dependencyVersion } from './package.js';
import { tensorflowVersion } from '../native/pins.js';
import { SourceDigests } from './source-digests.js';
import type { Surroundings } from './surroundings.js';

export interface PlannedPipeline extends Omit<LoadedPipeline, 'experiments'> {
  readonly planned: PlannedExperiments;
  /** The first variant of the file: its base. */
  readonly first: Experiment;
  /** The data files as they were when the plan was made. */
  readonly sources: SourceDigests;
}

/** A planned pipeline of which this release can run everything. */
export interface RunnablePipeline extends PlannedPipeline {
  readonly planned: PlannedExperiments & { readonly plan: RunnablePlan };
}

/** The pipeline, or what in it this release can only plan. */
export function runnablePipeline(pipeline: PlannedPipeline): Result<RunnablePipeline, readonly Diagnostic[]> {
  const plan = runnablePlan(pipeline.planned);
  return plan.ok ? ok({ ...pipeline, planned: { ...pipeline.planned, plan: plan.value } }) : plan;
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
}

/** From the file to the plan: every mistake in the file, or else every data file that cannot be read. Writes nothing. */
export async function planPipeline(
  file: string,
  { backend, runs, overrides }: PlanningOptions,
  surroundings: Surroundings,
): Promise<Result<PlannedPipeline, readonly Diagnostic[]>> {
  const loaded = await loadPipeline(file, overrides, surroundings);
  if (!loaded.ok) return loaded;
  const { experiments, source, warnings } = loaded.value;
  const sources = await SourceDigests.open(path.join(runs, 'store', 'source-digests.json'), surroundings.now);
  const planned = await planExperiments(experiments, {
    backend,
    backendVersion: backendVersion(backend),
    implementations: implementationDigests(),
    digestSource: (source) => sources.digest(source),
  });
  if (!planned.ok) return err([...planned.error, ...warnings]);
  const first = required(experiments[0], 'the first variant of the file');
  return ok({ source, warnings, planned: planned.value, first, sources });
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
  });
  return planned.ok ? ok({ plan: planned.value.plan, warnings }) : err([...planned.error, ...warnings]);
}

/** Version of what computes: TensorFlow's library, or tfjs where that computes by itself. */
export function backendVersion(backend: BackendName): string {
  return backend === 'cpu' ? dependencyVersion('@tensorflow/tfjs') : tensorflowVersion;
}

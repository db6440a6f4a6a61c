import { contentOf } from '../artifact-files.js';
import { ApiError, ConnectionError } from '../mlflow/api-error.js';
import { chunksOf, metricBatches } from '../mlflow/batches.js';
import { limits } from '../mlflow/limits.js';
import type { Mlflow } from '../mlflow/mlflow.js';
import type { Run, Tag } from '../mlflow/types.js';
import {
  type StoredRun,
  type TrackedExperiment,
  type TrackedRun,
  identityTags,
  runTag,
} from '../tracked/types.js';

/** The server holds something that the run cannot be added to; only the user can decide what to do. */
export class ReplayProblem extends Error {
  override readonly name = 'ReplayProblem';
}

interface Known {
  readonly stored: StoredRun;
  readonly artifacts: string;
  isWhole: boolean;
}

/** What is on the server already, so that it need not be asked for again. */
export interface Replayed {
  experimentId: string | undefined;
  /** By `TrackedRun.id`. */
  readonly runs: Map<string, Known>;
}

export const nothingReplayed = (): Replayed => ({ experimentId: undefined, runs: new Map() });

/**
 * Makes a server hold an experiment's runs, each exactly once however often that is asked for, and wherever an attempt before
 * broke off: runs are found again by a tag; equal metrics, params, tags, datasets and files that are there
 * already stay as they are. The status comes last, so that a run which looks finished is whole.
 */
export class Replay {
  readonly #mlflow: Mlflow;
  readonly #there: Replayed;

  /** @param there is kept up to date */
  constructor(mlflow: Mlflow, there: Replayed = nothingReplayed()) {
    this.#mlflow = mlflow;
    this.#there = there;
  }

  /**
   * Everything, files included; runs that were made whole before are left alone.
   * @throws ReplayProblem, ApiError, ConnectionError
   */
  async complete(experiment: TrackedExperiment): Promise<StoredRun[]> {
    const stored: StoredRun[] = [];
    for (const run of experiment.runs) {
      const known = await this.#find(experiment, run);
      if (!known.isWhole) await this.#finish(known, run);
      stored.push(known.stored);
    }
    return stored;
  }

  /**
   * Of a run under way: metrics, and all of those of its parts that are over.
   * @throws as `complete`
   */
  async advance(experiment: TrackedExperiment): Promise<void> {
    for (const run of experiment.runs) {
      const isNew = !this.#there.runs.has(run.id);
      const known = await this.#find(experiment, run);
      if (known.isWhole) continue;
      if (isNew) await this.#tag(known, run);
      if (run.parent !== undefined && run.status !== 'RUNNING') await this.#finish(known, run);
      else await this.#append(known, run);
    }
  }

  /** Puts aside all that was sent, so that it can be sent anew: MLflow takes back no metric. */
  async supersede(): Promise<void> {
    for (const [id, { stored }] of this.#there.runs) {
      await this.#mlflow.setTag(stored.storeId, runTag, `${id}.superseded`);
      await this.#mlflow.deleteRun(stored.storeId);
      this.#there.runs.delete(id);
    }
  }

  async #find(experiment: TrackedExperiment, run: TrackedRun): Promise<Known> {
    const before = this.#there.runs.get(run.id);
    if (before !== undefined) return before;
    const experimentId = (this.#there.experimentId ??= await experimentIdOf(this.#mlflow, experiment));
    const parentId = run.parent === undefined ? undefined : this.#there.runs.get(run.parent)?.stored.storeId;
    const { info, data } = await findOrCreateRun(
      this.#mlflow,
      experimentId,
      run,
      identityTags(run, parentId),
    );
    // A param is refused if it is there with another value, and would take its whole batch with it: params go
    // alone. Those that are there are the same ones, for they come from the same journal.
    const there = new Set(data.params?.map(({ key }) => key));
    const params = run.params.filter(({ key }) => !there.has(key));
    for (const chunk of chunksOf(params, limits.paramsPerBatch))
      await this.#mlflow.logBatch(info.run_id, [], chunk);
    const stored = { id: run.id, experimentId, storeId: info.run_id };
    const known = { stored, artifacts: info.artifact_uri, isWhole: false };
    this.#there.runs.set(run.id, known);
    return known;
  }

  async #append({ stored }: Known, { metrics }: TrackedRun): Promise<void> {
    for (const batch of metricBatches(metrics)) await this.#mlflow.logBatch(stored.storeId, batch);
  }

  async #tag({ stored }: Known, { tags }: TrackedRun): Promise<void> {
    for (const chunk of chunksOf(tags, limits.tagsPerBatch))
      await this.#mlflow.logBatch(stored.storeId, [], [], chunk);
  }

  async #finish(known: Known, run: TrackedRun): Promise<void> {
    const id = known.stored.storeId;
    await this.#append(known, run);
    await this.#tag(known, run);
    if (run.datasets.length > 0) await this.#mlflow.logInputs(id, run.datasets);
    for (const { path, source } of run.artifacts) {
      const content = await contentOf(source);
      if (content !== undefined) await this.#mlflow.uploadArtifact(known.artifacts, path, content);
    }
    await this.#mlflow.updateRun(id, run.status, run.endTime);
    known.isWhole = true;
  }
}

async function experimentIdOf(mlflow: Mlflow, { name, tags }: TrackedExperiment): Promise<string> {
  const found = await findExperiment(mlflow, name);
  if (found !== undefined) return found;
  try {
    return await mlflow.createExperiment(name, undefined, tags);
  } catch (error) {
    // Somebody else was faster, or the answer to our own request was lost.
    const made = isLost(error) || isAlreadyThere(error) ? await findExperiment(mlflow, name) : undefined;
    if (made === undefined) throw error;
    return made;
  }
}

async function findExperiment(mlflow: Mlflow, name: string): Promise<string | undefined> {
  try {
    const { experiment_id, lifecycle_stage } = await mlflow.getExperimentByName(name);
    if (lifecycle_stage === 'active') return experiment_id;
    throw new ReplayProblem(
      `the experiment ${name} (id ${experiment_id}) is deleted on the MLflow server; bring it back with ` +
        `\`mlflow experiments restore --experiment-id ${experiment_id}\`, or give the pipeline another name`,
    );
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw error;
  }
}

async function findOrCreateRun(
  mlflow: Mlflow,
  experimentId: string,
  run: TrackedRun,
  tags: readonly Tag[],
): Promise<Run> {
  const found = await findRun(mlflow, experimentId, run);
  if (found !== undefined) return found;
  try {
    return await mlflow.createRun(experimentId, run.name, run.startTime, tags);
  } catch (error) {
    const made = isLost(error) ? await findRun(mlflow, experimentId, run) : undefined;
    if (made === undefined) throw error;
    return made;
  }
}

async function findRun(mlflow: Mlflow, experimentId: string, { id }: TrackedRun): Promise<Run | undefined> {
  const filter = `tags.\`${runTag}\` = '${id}'`;
  const { runs } = await mlflow.searchRuns([experimentId], filter, 'ALL', 1);
  const run = runs?.[0];
  if (run?.info.lifecycle_stage === 'deleted') {
    throw new ReplayProblem(
      `run ${id} is deleted on the MLflow server; bring it back with ` +
        `\`mlflow runs restore --run-id ${run.info.run_id}\` to have it completed`,
    );
  }
  return run;
}

/** Whether the server may have done what was asked although it did not say so. */
function isLost(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ApiError && error.statusCode >= 500);
}

function isAlreadyThere(error: unknown): boolean {
  return error instanceof ApiError && error.errorCode === 'RESOURCE_ALREADY_EXISTS';
}

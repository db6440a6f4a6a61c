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

/**
 * Makes a server hold the experiment's runs, each exactly once however often this is called, and wherever the call
 * before broke off: runs are found again by a tag; equal metrics, params, tags, datasets and files that are there
 * already stay as they are. The status comes last, so that a run which looks finished is whole.
 *
 * @throws ReplayProblem, ApiError, ConnectionError
 */
export async function replay(mlflow: Mlflow, experiment: TrackedExperiment): Promise<StoredRun[]> {
  const experimentId = await experimentIdOf(mlflow, experiment);
  const replayed = new Map<string, StoredRun>();
  for (const run of experiment.runs) {
    const parentId = run.parent === undefined ? undefined : replayed.get(run.parent)?.storeId;
    const found = await findOrCreateRun(mlflow, experimentId, run, identityTags(run, parentId));
    await fill(mlflow, found, run);
    replayed.set(run.id, { id: run.id, experimentId, storeId: found.info.run_id });
  }
  return [...replayed.values()];
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

async function fill(mlflow: Mlflow, { info, data }: Run, run: TrackedRun): Promise<void> {
  const id = info.run_id;
  // A param is refused if it is there with another value, and would take its whole batch with it: params go
  // alone. Those that are there are the same ones, for they come from the same journal.
  const there = new Set(data.params?.map(({ key }) => key));
  const params = run.params.filter(({ key }) => !there.has(key));
  for (const chunk of chunksOf(params, limits.paramsPerBatch)) await mlflow.logBatch(id, [], chunk);
  for (const batch of metricBatches(run.metrics)) await mlflow.logBatch(id, batch);
  for (const chunk of chunksOf(run.tags, limits.tagsPerBatch)) await mlflow.logBatch(id, [], [], chunk);
  if (run.datasets.length > 0) await mlflow.logInputs(id, run.datasets);
  for (const { path, source } of run.artifacts) {
    const content = await contentOf(source);
    if (content !== undefined) await mlflow.uploadArtifact(info.artifact_uri, path, content);
  }
  await mlflow.updateRun(id, run.status, run.endTime);
}

/** Whether the server may have done what was asked although it did not say so. */
function isLost(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ApiError && error.statusCode >= 500);
}

function isAlreadyThere(error: unknown): boolean {
  return error instanceof ApiError && error.errorCode === 'RESOURCE_ALREADY_EXISTS';
}

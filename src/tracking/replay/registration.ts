import { ApiError } from '../mlflow/api-error.js';
import type { Mlflow } from '../mlflow/mlflow.js';
import type { ModelVersion } from '../mlflow/types.js';
import { modelTag, type Registration, type TrackedModel } from '../tracked/types.js';
import { isAlreadyThere, isLost } from './lost.js';

interface Source {
  /** `models:/m-...` */
  readonly source: string;
  readonly runId: string;
  readonly modelId: string;
}

/**
 * Makes a model of a run a version in the server's registry, once however often that is asked for. The alias goes to the version as it is
 * made: later, its owner may have moved it.
 */
export async function register(
  mlflow: Mlflow,
  model: TrackedModel,
  { name, alias }: Registration,
  source: Source,
): Promise<void> {
  const before = await findVersion(mlflow, name, model, source.runId);
  const version = before ?? (await createVersion(mlflow, model, name, source));
  if (alias === undefined) return;
  // Where an attempt broke off before the alias was set, there is none, or another version has it.
  if (before === undefined || !(await hasAlias(mlflow, name, alias))) {
    await mlflow.setRegisteredModelAlias(name, alias, version.version);
  }
}

async function findVersion(
  mlflow: Mlflow,
  name: string,
  { id }: TrackedModel,
  runId: string,
): Promise<ModelVersion | undefined> {
  // By the run, which no two models of one name share; names may hold quotes, which filters cannot.
  const versions = await mlflow.searchModelVersions(`run_id = '${runId}'`);
  return versions.find((version) => version.name === name && isOf(version, id));
}

const isOf = ({ tags = [] }: ModelVersion, id: string): boolean =>
  tags.some(({ key, value }) => key === modelTag && value === id);

async function createVersion(
  mlflow: Mlflow,
  model: TrackedModel,
  name: string,
  { source, runId, modelId }: Source,
): Promise<ModelVersion> {
  try {
    await mlflow.createRegisteredModel(name);
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  }
  try {
    return await mlflow.createModelVersion(name, source, runId, model.tags, undefined, undefined, modelId);
  } catch (error) {
    const made = isLost(error) ? await findVersion(mlflow, name, model, runId) : undefined;
    if (made === undefined) throw error;
    return made;
  }
}

async function hasAlias(mlflow: Mlflow, name: string, alias: string): Promise<boolean> {
  try {
    await mlflow.getModelVersionByAlias(name, alias);
    return true;
  } catch (error) {
    // MLflow says of an alias that is not there that it is no valid parameter.
    if (error instanceof ApiError && (error.statusCode === 404 || error.statusCode === 400)) return false;
    throw error;
  }
}

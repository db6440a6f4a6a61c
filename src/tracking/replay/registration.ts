import type { Mlflow } from '../mlflow/mlflow.js';
import type { ModelVersion } from '../mlflow/types.js';
import type { Registration, TrackedModel } from '../tracked/types.js';
import { isAlreadyThere, isLost } from './lost.js';

/** Where a registry is to find a model. */
export interface ModelSource {
  /** `models:/m-...`, or of its folder among a run's artifacts. */
  readonly uri: string;
  readonly runId: string;
  readonly modelId?: string;
}

/** The tag of a version that carries what was trained: runs that take it from the cache make no other. */
const trainingTag = 'wassermill.training';

/** The tag of a version that carries the alias which it has been given, whoever may have moved that since. */
const aliasTag = 'wassermill.alias';

/** Makes what was trained a version in the server's registry, and gives it an alias, once however often that is asked for. */
export async function register(
  mlflow: Mlflow,
  model: TrackedModel,
  { name, alias }: Registration,
  source: ModelSource,
): Promise<void> {
  const { version, tags = [] } =
    (await findVersion(mlflow, name, model)) ?? (await createVersion(mlflow, model, name, source));
  if (alias === undefined || tags.some(({ key, value }) => key === aliasTag && value === alias)) return;
  await mlflow.setRegisteredModelAlias(name, alias, version);
  await mlflow.setModelVersionTag(name, version, aliasTag, alias);
}

async function findVersion(
  mlflow: Mlflow,
  name: string,
  { training }: TrackedModel,
): Promise<ModelVersion | undefined> {
  const filter = `name = '${name}' AND tags.\`${trainingTag}\` = '${training}'`;
  return (await mlflow.searchModelVersions(filter, 1))[0];
}

async function createVersion(
  mlflow: Mlflow,
  model: TrackedModel,
  name: string,
  { uri, runId, modelId }: ModelSource,
): Promise<ModelVersion> {
  try {
    await mlflow.createRegisteredModel(name);
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  }
  const tags = [...model.tags, { key: trainingTag, value: model.training }];
  try {
    return await mlflow.createModelVersion(name, uri, runId, tags, undefined, undefined, modelId);
  } catch (error) {
    const made = isLost(error) ? await findVersion(mlflow, name, model) : undefined;
    if (made === undefined) throw error;
    return made;
  }
}

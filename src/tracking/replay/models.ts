import { contentOf } from '../artifact-files.js';
import { ApiError } from '../mlflow/api-error.js';
import { chunksOf, metricBatches } from '../mlflow/batches.js';
import { limits } from '../mlflow/limits.js';
import type { Mlflow } from '../mlflow/mlflow.js';
import type { LoggedModel } from '../mlflow/types.js';
import { mlmodelPath, mlmodelText, type ModelPlace, placeAmongArtifacts } from '../models/mlmodel.js';
import { modelTag, type TrackedModel } from '../tracked/types.js';
import { isLost } from './lost.js';
import { named, type Refusals } from './refusals.js';
import type { ModelSource } from './registration.js';

/** A run on a server. */
interface RunThere {
  readonly experimentId: string;
  readonly runId: string;
  /** The URI of its artifacts. */
  readonly artifacts: string;
  readonly refusals: Refusals;
}

interface SentModel {
  readonly kept: 'model' | 'artifacts';
  readonly source: ModelSource;
}

/** Makes a server hold a run's models, each exactly once, as `Replay` does its runs. */
export class ModelReplay {
  readonly #mlflow: Mlflow;

  constructor(mlflow: Mlflow) {
    this.#mlflow = mlflow;
  }

  /**
   * @returns where the model is: a server that is older than MLflow 3 keeps no models, and has it among the run's artifacts.
   * @throws ApiError, ConnectionError
   */
  async send(model: TrackedModel, run: RunThere): Promise<SentModel> {
    const { runId, artifacts } = run;
    const found = await this.#find(model, run.experimentId);
    if (found === 'unknown') {
      await this.#upload(model, artifacts, `${model.name}/`, placeAmongArtifacts(model, runId));
      return { kept: 'artifacts', source: { runId, uri: `${artifacts}/${model.name}` } };
    }
    const logged = found ?? (await this.#create(model, run));
    const { model_id, artifact_uri, status } = logged.info;
    if (status !== 'LOGGED_MODEL_READY') {
      await this.#logParams(model, logged);
      await this.#upload(model, artifact_uri, '', { artifactPath: artifact_uri, runId, modelId: model_id });
      await this.#mlflow.finalizeLoggedModel(model_id, 'LOGGED_MODEL_READY');
    }
    // The run has these rows; with the model's id they are the model's, too.
    for (const batch of metricBatches(model.metrics)) {
      await run.refusals.send(batch, named('metric'), (some) =>
        this.#mlflow.logBatch(
          runId,
          some.map((metric) => ({ ...metric, model_id })),
        ),
      );
    }
    if (found === undefined || !(await this.#isLinked(model_id, runId))) {
      await this.#link(model, model_id, runId);
    }
    return { kept: 'model', source: { runId, uri: `models:/${model_id}`, modelId: model_id } };
  }

  /** Takes away what the server has of a model, so that it can be sent anew: what is deleted is found no more. */
  async supersede(model: TrackedModel, experimentId: string): Promise<void> {
    const found = await this.#find(model, experimentId);
    if (found === undefined || found === 'unknown') return;
    await this.#mlflow.deleteLoggedModel(found.info.model_id);
  }

  async #find({ id }: TrackedModel, experimentId: string): Promise<LoggedModel | 'unknown' | undefined> {
    try {
      const { models } = await this.#mlflow.searchLoggedModels(
        [experimentId],
        `tags.\`${modelTag}\` = '${id}'`,
        1,
      );
      return models?.[0];
    } catch (error) {
      // The answer of a server that has no such page: MLflow itself names what it does not find.
      const isOlder = error instanceof ApiError && error.statusCode === 404 && error.errorCode === undefined;
      if (isOlder || (error instanceof ApiError && error.errorCode === 'ENDPOINT_NOT_FOUND'))
        return 'unknown';
      throw error;
    }
  }

  async #create(model: TrackedModel, { experimentId, runId }: RunThere): Promise<LoggedModel> {
    const { name, params, tags } = model;
    try {
      const first = params.slice(0, limits.paramsPerBatch);
      return await this.#mlflow.createLoggedModel(experimentId, name, runId, tags, first);
    } catch (error) {
      const made = isLost(error) ? await this.#find(model, experimentId) : undefined;
      if (made === undefined || made === 'unknown') throw error;
      return made;
    }
  }

  async #logParams({ params }: TrackedModel, { info, data }: LoggedModel): Promise<void> {
    const there = new Set(data?.params?.map(({ key }) => key));
    const left = params.slice(limits.paramsPerBatch).filter(({ key }) => !there.has(key));
    for (const chunk of chunksOf(left, limits.paramsPerBatch)) {
      await this.#mlflow.logLoggedModelParams(info.model_id, chunk);
    }
  }

  async #upload(model: TrackedModel, uri: string, folder: string, place: ModelPlace): Promise<void> {
    for (const { path, source } of model.files) {
      const content = await contentOf(source);
      // Just now it was there. A model without it would pass for whole.
      if (content === undefined)
        throw new Error(`${path} of the model ${model.name} is gone; was the cache cleared?`);
      await this.#mlflow.uploadArtifact(uri, `${folder}${path}`, content);
    }
    const bytes = await mlmodelText(model, place);
    await this.#mlflow.uploadArtifact(uri, `${folder}${mlmodelPath}`, { bytes });
  }

  async #isLinked(model_id: string, runId: string): Promise<boolean> {
    const { outputs } = await this.#mlflow.getRun(runId);
    return outputs?.model_outputs?.some((output) => output.model_id === model_id) ?? false;
  }

  /** Asked for a second time where the answer was lost and nothing was done: the server refuses a link that it has. */
  async #link({ step }: TrackedModel, model_id: string, runId: string): Promise<void> {
    const link = () => this.#mlflow.logOutputs(runId, [{ model_id, step }]);
    try {
      await link();
    } catch (error) {
      if (!isLost(error)) throw error;
      if (!(await this.#isLinked(model_id, runId))) await link();
    }
  }
}

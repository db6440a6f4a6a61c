import { limits } from './limits.js';
import type { Transport } from './transport.js';
import type { LoggedModel, LoggedModelStatus, ModelOutput, Param, Tag } from './types.js';
import {
  checkedCount,
  checkedInteger,
  checkedModelName,
  checkedName,
  checkedParam,
  checkedTags,
  checkedText,
  checkedWord,
} from './validate.js';

const statuses = [
  'LOGGED_MODEL_PENDING',
  'LOGGED_MODEL_READY',
  'LOGGED_MODEL_UPLOAD_FAILED',
] as const satisfies LoggedModelStatus[];

/** Models of experiments, which MLflow has from version 3 on; mlflow-js has none. Errors as in `RunClient`. */
export class LoggedModelClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * A model that is not ready yet: its files go to `info.artifact_uri`. A lost answer is not retried, for the model may be there: give it a tag
   * of your own, and search for that.
   */
  async createLoggedModel(
    experiment_id: string,
    name: string,
    source_run_id?: string,
    tags?: readonly Tag[],
    params: readonly Param[] = [],
    model_type?: string,
  ): Promise<LoggedModel> {
    checkedCount('params', params.length, limits.paramsPerBatch);
    const answer = await this.#transport.post<{ model: LoggedModel }>(
      'logged-models',
      {
        experiment_id: checkedName('experiment_id', experiment_id),
        name: checkedModelName('name', name),
        ...(source_run_id !== undefined && { source_run_id: checkedName('source_run_id', source_run_id) }),
        tags: checkedTags(tags),
        params: params.map(checkedParam),
        ...(model_type !== undefined && {
          model_type: checkedText('model_type', model_type, limits.experimentName),
        }),
      },
      { retry: 'turned_away' },
    );
    return answer.model;
  }

  async getLoggedModel(model_id: string): Promise<LoggedModel> {
    const answer = await this.#transport.get<{ model: LoggedModel }>(pathOf(model_id));
    return answer.model;
  }

  /** Of many params, the second hundred and those after it. */
  async logLoggedModelParams(model_id: string, params: readonly Param[]): Promise<void> {
    checkedCount('params', params.length, limits.paramsPerBatch);
    await this.#transport.post(`${pathOf(model_id)}/params`, { params: params.map(checkedParam) });
  }

  /** Says that its files are there, or never will be. */
  async finalizeLoggedModel(model_id: string, status: LoggedModelStatus): Promise<LoggedModel> {
    const body = {
      model_id: checkedName('model_id', model_id),
      status: checkedWord('status', status, statuses),
    };
    return (await this.#transport.patch<{ model: LoggedModel }>(pathOf(model_id), body)).model;
  }

  async setLoggedModelTags(model_id: string, tags: readonly Tag[]): Promise<void> {
    await this.#transport.patch(`${pathOf(model_id)}/tags`, { tags: checkedTags(tags) });
  }

  async deleteLoggedModel(model_id: string): Promise<void> {
    await this.#transport.delete(pathOf(model_id), { model_id });
  }

  async searchLoggedModels(
    experiment_ids: readonly string[],
    filter?: string,
    max_results?: number,
    page_token?: string,
  ): Promise<{ models?: readonly LoggedModel[]; next_page_token?: string }> {
    return await this.#transport.post('logged-models/search', {
      experiment_ids: experiment_ids.map((id) => checkedName('experiment_ids', id)),
      filter,
      max_results: max_results === undefined ? undefined : checkedInteger('max_results', max_results),
      page_token,
    });
  }

  /** Shows models as what a run made. The server refuses a model that it has there, so a lost answer is not retried. */
  async logOutputs(run_id: string, models: readonly ModelOutput[]): Promise<void> {
    await this.#transport.post(
      'runs/outputs',
      {
        run_id: checkedName('run_id', run_id),
        models: models.map(({ model_id, step }) => ({
          model_id: checkedName('model_id', model_id),
          step: checkedInteger('step', step),
        })),
      },
      { retry: 'turned_away' },
    );
  }
}

function pathOf(model_id: string): string {
  return `logged-models/${encodeURIComponent(checkedName('model_id', model_id))}`;
}

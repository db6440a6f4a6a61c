import { limits } from './limits.js';
import type { Transport } from './transport.js';
import type { Experiment, Tag, ViewType } from './types.js';
import { checkedInteger, checkedName, checkedTag, checkedTags, checkedText } from './validate.js';

const anyLength = Number.MAX_SAFE_INTEGER;

/**
 * Experiments of an MLflow server. Every method throws InvalidArgument before sending what the server would
 * mishandle, ApiError for a refusal, and ConnectionError where no answer comes.
 */
export class ExperimentClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @returns the new experiment's id */
  async createExperiment(name: string, artifact_location?: string, tags?: readonly Tag[]): Promise<string> {
    const answer = await this.#transport.post<{ experiment_id: string }>(
      'experiments/create',
      {
        name: checkedName('name', name, limits.experimentName),
        ...(artifact_location !== undefined && {
          artifact_location: checkedText('artifact_location', artifact_location, anyLength),
        }),
        tags: checkedTags(tags, limits.experimentTagValue),
      },
      { retry: 'turned_away' },
    );
    return answer.experiment_id;
  }

  async searchExperiments(
    filter: string,
    max_results: number,
    page_token?: string,
    order_by?: readonly string[],
    view_type?: ViewType,
  ): Promise<{ experiments?: readonly Experiment[]; next_page_token?: string }> {
    return await this.#transport.post('experiments/search', {
      filter: checkedText('filter', filter, anyLength),
      max_results: checkedInteger('max_results', max_results),
      page_token,
      order_by,
      view_type,
    });
  }

  async getExperiment(experiment_id: string): Promise<Experiment> {
    const query = { experiment_id: checkedName('experiment_id', experiment_id) };
    return (await this.#transport.get<{ experiment: Experiment }>('experiments/get', query)).experiment;
  }

  /** Finds deleted experiments too. */
  async getExperimentByName(experiment_name: string): Promise<Experiment> {
    const query = { experiment_name: checkedName('experiment_name', experiment_name, limits.experimentName) };
    const answer = await this.#transport.get<{ experiment: Experiment }>('experiments/get-by-name', query);
    return answer.experiment;
  }

  async deleteExperiment(experiment_id: string): Promise<void> {
    const body = { experiment_id: checkedName('experiment_id', experiment_id) };
    await this.#transport.post('experiments/delete', body);
  }

  async restoreExperiment(experiment_id: string): Promise<void> {
    const body = { experiment_id: checkedName('experiment_id', experiment_id) };
    await this.#transport.post('experiments/restore', body);
  }

  async updateExperiment(experiment_id: string, new_name: string): Promise<void> {
    await this.#transport.post('experiments/update', {
      experiment_id: checkedName('experiment_id', experiment_id),
      new_name: checkedName('new_name', new_name, limits.experimentName),
    });
  }

  async setExperimentTag(experiment_id: string, key: string, value: string): Promise<void> {
    await this.#transport.post('experiments/set-experiment-tag', {
      experiment_id: checkedName('experiment_id', experiment_id),
      ...checkedTag({ key, value }, limits.experimentTagValue),
    });
  }
}

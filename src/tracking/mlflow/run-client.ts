import { limits } from './limits.js';
import type { Transport } from './transport.js';
import type {
  ArtifactInfo,
  DatasetInput,
  Metric,
  ModelMetric,
  Param,
  Run,
  RunInfo,
  RunStatus,
  Tag,
  ViewType,
  WireMetric,
} from './types.js';
import {
  InvalidArgument,
  checkedCount,
  checkedInput,
  checkedInteger,
  checkedKey,
  checkedMetric,
  checkedName,
  checkedParam,
  checkedTag,
  checkedTags,
  checkedText,
  checkedTime,
  checkedWord,
} from './validate.js';

const statuses = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const satisfies RunStatus[];

/**
 * Runs of an MLflow server. Every method throws InvalidArgument before sending what the server would
 * mishandle, ApiError for a refusal, and ConnectionError where no answer comes.
 */
export class RunClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * A lost answer is not retried, for the run may be there: give it a tag of your own, and search for that.
   * @param start_time milliseconds since the epoch
   */
  async createRun(
    experiment_id: string,
    run_name?: string,
    start_time?: number,
    tags?: readonly Tag[],
  ): Promise<Run> {
    const answer = await this.#transport.post<{ run: Run }>(
      'runs/create',
      {
        experiment_id: checkedName('experiment_id', experiment_id),
        ...(run_name !== undefined && { run_name: checkedText('run_name', run_name, limits.runName) }),
        ...(start_time !== undefined && { start_time: checkedTime('start_time', start_time) }),
        tags: checkedTags(tags),
      },
      { retry: 'turned_away' },
    );
    return answer.run;
  }

  async deleteRun(run_id: string): Promise<void> {
    await this.#transport.post('runs/delete', { run_id: checkedName('run_id', run_id) });
  }

  async restoreRun(run_id: string): Promise<void> {
    await this.#transport.post('runs/restore', { run_id: checkedName('run_id', run_id) });
  }

  async getRun(run_id: string): Promise<Run> {
    const query = { run_id: checkedName('run_id', run_id) };
    return (await this.#transport.get<{ run: Run }>('runs/get', query)).run;
  }

  /** @param end_time milliseconds since the epoch */
  async updateRun(
    run_id: string,
    status?: RunStatus,
    end_time?: number,
    run_name?: string,
  ): Promise<RunInfo> {
    const answer = await this.#transport.post<{ run_info: RunInfo }>('runs/update', {
      run_id: checkedName('run_id', run_id),
      ...(status !== undefined && { status: checkedWord('status', status, statuses) }),
      ...(end_time !== undefined && { end_time: checkedTime('end_time', end_time) }),
      ...(run_name !== undefined && { run_name: checkedName('run_name', run_name, limits.runName) }),
    });
    return answer.run_info;
  }

  /**
   * One value; many are sent a hundred times faster by `logBatch`.
   * @param timestamp milliseconds since the epoch, an integer; now where absent
   */
  async logMetric(
    run_id: string,
    key: string,
    value: number,
    timestamp: number = Date.now(),
    step = 0,
  ): Promise<void> {
    await this.#transport.post('runs/log-metric', {
      run_id: checkedName('run_id', run_id),
      ...checkedMetric({ key, value, timestamp, step }),
    });
  }

  /**
   * At most 1000 metrics, 100 params, 100 tags, 1000 of all, and 1 MB; `batchesOf` cuts longer lists. The
   * server stores all of it or nothing. A metric that is there already, equal in all, is not stored again.
   */
  async logBatch(
    run_id: string,
    metrics: readonly ModelMetric[] = [],
    params: readonly Param[] = [],
    tags: readonly Tag[] = [],
  ): Promise<void> {
    checkedCount('metrics', metrics.length, limits.metricsPerBatch);
    checkedCount('params', params.length, limits.paramsPerBatch);
    checkedCount('tags', tags.length, limits.tagsPerBatch);
    const total = metrics.length + params.length + tags.length;
    checkedCount('metrics, params and tags', total, limits.entitiesPerBatch);
    checkDistinct('param', params);
    const body = {
      run_id: checkedName('run_id', run_id),
      metrics: metrics.map(checkedMetric),
      params: params.map(checkedParam),
      tags: checkedTags(tags),
    };
    checkedCount('bytes', Buffer.byteLength(JSON.stringify(body)), limits.batchBytes);
    await this.#transport.post('runs/log-batch', body);
  }

  /** @param model_json an MLmodel file in JSON form */
  async logModel(run_id: string, model_json: string): Promise<void> {
    await this.#transport.post('runs/log-model', {
      run_id: checkedName('run_id', run_id),
      model_json: checkedName('model_json', model_json, limits.datasetProfile),
    });
  }

  async logInputs(run_id: string, datasets: readonly DatasetInput[]): Promise<void> {
    await this.#transport.post('runs/log-inputs', {
      run_id: checkedName('run_id', run_id),
      datasets: datasets.map(checkedInput),
    });
  }

  async setTag(run_id: string, key: string, value: string): Promise<void> {
    const body = { run_id: checkedName('run_id', run_id), ...checkedTag({ key, value }) };
    await this.#transport.post('runs/set-tag', body);
  }

  async deleteTag(run_id: string, key: string): Promise<void> {
    const body = { run_id: checkedName('run_id', run_id), key: checkedKey('tag key', key) };
    await this.#transport.post('runs/delete-tag', body);
  }

  /** A param is written once: another value for its key is refused by the server. */
  async logParam(run_id: string, key: string, value: string): Promise<void> {
    const body = { run_id: checkedName('run_id', run_id), ...checkedParam({ key, value }) };
    await this.#transport.post('runs/log-parameter', body);
  }

  /** One page of a metric's history; values that are not finite come back as numbers. */
  async getMetricHistory(
    run_id: string,
    metric_key: string,
    page_token?: string,
    max_results?: number,
  ): Promise<{ metrics: readonly Metric[]; next_page_token?: string }> {
    const query = {
      run_id: checkedName('run_id', run_id),
      metric_key: checkedKey('metric key', metric_key),
      page_token,
      max_results: max_results === undefined ? undefined : checkedInteger('max_results', max_results),
    };
    const { metrics = [], ...page } = await this.#transport.get<{
      metrics?: readonly WireMetric[];
      next_page_token?: string;
    }>('metrics/get-history', query);
    return { ...page, metrics: metrics.map((metric) => ({ ...metric, value: Number(metric.value) })) };
  }

  async searchRuns(
    experiment_ids: readonly string[],
    filter?: string,
    run_view_type?: ViewType,
    max_results?: number,
    order_by?: readonly string[],
    page_token?: string,
  ): Promise<{ runs?: readonly Run[]; next_page_token?: string }> {
    return await this.#transport.post('runs/search', {
      experiment_ids: experiment_ids.map((id) => checkedName('experiment_ids', id)),
      filter,
      run_view_type,
      max_results: max_results === undefined ? undefined : checkedInteger('max_results', max_results),
      order_by,
      page_token,
    });
  }

  async listArtifacts(
    run_id: string,
    path?: string,
    page_token?: string,
  ): Promise<{ root_uri: string; files?: readonly ArtifactInfo[]; next_page_token?: string }> {
    return await this.#transport.get('artifacts/list', {
      run_id: checkedName('run_id', run_id),
      path,
      page_token,
    });
  }
}

function checkDistinct(what: string, entries: readonly Param[]): void {
  const keys = new Set<string>();
  for (const { key } of entries) {
    if (keys.has(key)) throw new InvalidArgument(`${what} "${key}" stands twice in one batch`);
    keys.add(key);
  }
}

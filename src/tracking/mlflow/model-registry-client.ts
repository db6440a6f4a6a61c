import { limits } from './limits.js';
import type { Transport } from './transport.js';
import type { ModelVersion, RegisteredModel, Tag } from './types.js';
import { checkedInteger, checkedName, checkedTag, checkedTags, checkedText } from './validate.js';

/** Registered models of an MLflow server. Errors as in `RunClient`. */
export class ModelRegistryClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async createRegisteredModel(
    name: string,
    tags?: readonly Tag[],
    description?: string,
  ): Promise<RegisteredModel> {
    return await this.#model(
      this.#transport.post(
        'registered-models/create',
        { name: checkedName('name', name), tags: checkedTags(tags, limits.registryTagValue), description },
        { retry: 'turned_away' },
      ),
    );
  }

  async getRegisteredModel(name: string): Promise<RegisteredModel> {
    return await this.#model(
      this.#transport.get('registered-models/get', { name: checkedName('name', name) }),
    );
  }

  async renameRegisteredModel(name: string, newName: string): Promise<RegisteredModel> {
    const body = { name: checkedName('name', name), new_name: checkedName('newName', newName) };
    return await this.#model(this.#transport.post('registered-models/rename', body));
  }

  async updateRegisteredModel(name: string, description = ''): Promise<RegisteredModel> {
    const text = checkedText('description', description, limits.registryTagValue);
    const body = { name: checkedName('name', name), description: text };
    return await this.#model(this.#transport.patch('registered-models/update', body));
  }

  async deleteRegisteredModel(name: string): Promise<void> {
    await this.#transport.delete('registered-models/delete', { name: checkedName('name', name) });
  }

  async getLatestModelVersions(name: string, stages?: readonly string[]): Promise<readonly ModelVersion[]> {
    const body = { name: checkedName('name', name), stages };
    const answer = await this.#transport.post<{ model_versions?: readonly ModelVersion[] }>(
      'registered-models/get-latest-versions',
      body,
    );
    return answer.model_versions ?? [];
  }

  async searchRegisteredModels(
    filter?: string,
    maxResults?: number,
    orderBy?: readonly string[],
    pageToken?: string,
  ): Promise<{ registered_models?: readonly RegisteredModel[]; next_page_token?: string }> {
    return await this.#transport.get('registered-models/search', {
      filter,
      max_results: maxResults === undefined ? undefined : checkedInteger('maxResults', maxResults),
      order_by: orderBy,
      page_token: pageToken,
    });
  }

  async setRegisteredModelTag(name: string, key: string, value: string): Promise<void> {
    const tag = checkedTag({ key, value }, limits.registryTagValue);
    await this.#transport.post('registered-models/set-tag', { name: checkedName('name', name), ...tag });
  }

  async deleteRegisteredModelTag(name: string, key: string): Promise<void> {
    const body = { name: checkedName('name', name), key: checkedName('key', key) };
    await this.#transport.delete('registered-models/delete-tag', body);
  }

  async setRegisteredModelAlias(name: string, alias: string, version: string): Promise<void> {
    await this.#transport.post('registered-models/alias', {
      name: checkedName('name', name),
      alias: checkedName('alias', alias, limits.aliasName),
      version: checkedName('version', version),
    });
  }

  async deleteRegisteredModelAlias(name: string, alias: string): Promise<void> {
    const body = { name: checkedName('name', name), alias: checkedName('alias', alias, limits.aliasName) };
    await this.#transport.delete('registered-models/alias', body);
  }

  async getModelVersionByAlias(name: string, alias: string): Promise<ModelVersion> {
    const query = { name: checkedName('name', name), alias: checkedName('alias', alias, limits.aliasName) };
    const answer = await this.#transport.get<{ model_version: ModelVersion }>(
      'registered-models/alias',
      query,
    );
    return answer.model_version;
  }

  async #model(answer: Promise<{ registered_model: RegisteredModel }>): Promise<RegisteredModel> {
    return (await answer).registered_model;
  }
}

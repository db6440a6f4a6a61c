import { limits } from './limits.js';
import type { Transport } from './transport.js';
import type { ModelVersion, Tag } from './types.js';
import {
  InvalidArgument,
  checkedInteger,
  checkedName,
  checkedTag,
  checkedTags,
  checkedText,
} from './validate.js';

/** Versions of registered models. Errors as in `RunClient`. */
export class ModelVersionClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * A lost answer is not retried, for the version may be there.
   * @param source where the model's files are: an artifact URI, or `models:/m-...` of a logged model, with its id as `model_id`
   */
  async createModelVersion(
    modelName: string,
    source: string,
    run_id?: string,
    tags?: readonly Tag[],
    run_link?: string,
    description?: string,
    model_id?: string,
  ): Promise<ModelVersion> {
    return await this.#version(
      this.#transport.post(
        'model-versions/create',
        {
          name: checkedName('modelName', modelName),
          source: checkedName('source', source, limits.datasetSource),
          run_id,
          tags: checkedTags(tags, limits.registryTagValue),
          run_link,
          description,
          model_id,
        },
        { retry: 'turned_away' },
      ),
    );
  }

  async getModelVersion(modelName: string, version: string): Promise<ModelVersion> {
    return await this.#version(this.#transport.get('model-versions/get', checkedId(modelName, version)));
  }

  async updateModelVersion(modelName: string, version: string, description = ''): Promise<ModelVersion> {
    const text = checkedText('description', description, limits.registryTagValue);
    const body = { ...checkedId(modelName, version), description: text };
    return await this.#version(this.#transport.patch('model-versions/update', body));
  }

  async searchModelVersions(
    filter?: string,
    maxResults?: number,
    order_by?: readonly string[],
    page_token?: string,
  ): Promise<readonly ModelVersion[]> {
    const answer = await this.#transport.get<{ model_versions?: readonly ModelVersion[] }>(
      'model-versions/search',
      {
        filter,
        max_results: maxResults === undefined ? undefined : checkedInteger('maxResults', maxResults),
        order_by,
        page_token,
      },
    );
    return answer.model_versions ?? [];
  }

  async getDownloadUriForModelVersionArtifacts(modelName: string, version: string): Promise<string> {
    const query = checkedId(modelName, version);
    const answer = await this.#transport.get<{ artifact_uri: string }>(
      'model-versions/get-download-uri',
      query,
    );
    return answer.artifact_uri;
  }

  async transitionModelVersionStage(
    modelName: string,
    version: string,
    stage: string,
    archive_existing_versions: boolean,
  ): Promise<ModelVersion> {
    if (typeof archive_existing_versions !== 'boolean') {
      throw new InvalidArgument('archive_existing_versions must be true or false');
    }
    const body = {
      ...checkedId(modelName, version),
      stage: checkedName('stage', stage),
      archive_existing_versions,
    };
    return await this.#version(this.#transport.post('model-versions/transition-stage', body));
  }

  async setModelVersionTag(modelName: string, version: string, key: string, value: string): Promise<void> {
    const tag = checkedTag({ key, value }, limits.registryTagValue);
    await this.#transport.post('model-versions/set-tag', { ...checkedId(modelName, version), ...tag });
  }

  async deleteModelVersionTag(modelName: string, version: string, key: string): Promise<void> {
    const body = { ...checkedId(modelName, version), key: checkedName('key', key) };
    await this.#transport.delete('model-versions/delete-tag', body);
  }

  async deleteModelVersion(modelName: string, version: string): Promise<void> {
    await this.#transport.delete('model-versions/delete', checkedId(modelName, version));
  }

  async #version(answer: Promise<{ model_version: ModelVersion }>): Promise<ModelVersion> {
    return (await answer).model_version;
  }
}

function checkedId(modelName: string, version: string): { name: string; version: string } {
  return { name: checkedName('modelName', modelName), version: checkedName('version', version) };
}

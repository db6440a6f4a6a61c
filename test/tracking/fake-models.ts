/** What a server holds of a model. */
export interface ServedModel {
  readonly name: string;
  readonly experiment: string;
  readonly source: string;
  readonly tags: Map<string, string>;
  readonly params: Map<string, string>;
  readonly files: Map<string, string>;
  readonly metrics: Set<string>;
  status: string;
  isDeleted: boolean;
}

interface ServedVersion {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly run_id: string;
  readonly tags: Pair[];
}

/** What a server says instead of doing what it is asked. */
export class Refused {
  readonly status: number;
  readonly error_code: string;

  constructor(status: number, error_code: string) {
    this.status = status;
    this.error_code = error_code;
  }
}

type Pair = Readonly<{ key: string; value: string }>;

interface Asked {
  readonly name?: string;
  readonly experiment_id?: string;
  readonly filter?: string;
  readonly source?: string;
  readonly source_run_id?: string;
  readonly run_id?: string;
  readonly status?: string;
  readonly alias?: string;
  readonly key?: string;
  readonly value?: string;
  readonly version?: string;
  readonly tags?: readonly Pair[];
  readonly params?: readonly Pair[];
  readonly models?: readonly { readonly model_id: string; readonly step: number }[];
}

/** So much of MLflow's models and their registry as a replay asks for, in memory. */
export class FakeModels {
  readonly models: ServedModel[] = [];
  readonly outputs = new Map<string, { model_id: string; step: number }[]>();
  readonly registered = new Set<string>();
  readonly versions: ServedVersion[] = [];
  readonly aliases = new Map<string, string>();

  /** What it holds, to be compared. */
  state(): unknown {
    const { models, outputs, registered, versions, aliases } = this;
    return structuredClone({ models, outputs, registered, versions, aliases });
  }

  /** @returns undefined for what is asked of others. */
  answer(method: string, path: string, query: URLSearchParams, body: string): object | undefined {
    const [kind = '', id = '', what] = path.split('/');
    if (method === 'PUT') return this.#upload(path, body);
    const asked = (body === '' ? {} : JSON.parse(body)) as Asked;
    if (kind === 'logged-models') return this.#logged(method, id, what, asked);
    switch (path) {
      case 'runs/outputs': {
        const run = asked.run_id ?? '';
        const there = this.outputs.get(run) ?? [];
        const models = asked.models ?? [];
        const isThere = models.some(({ model_id }) => there.some((output) => output.model_id === model_id));
        // The real one's words: UNIQUE constraint failed.
        if (isThere) return new Refused(400, 'BAD_REQUEST');
        this.outputs.set(run, [...there, ...models]);
        return {};
      }
      case 'registered-models/create': {
        const name = asked.name ?? '';
        if (this.registered.has(name)) return new Refused(400, 'RESOURCE_ALREADY_EXISTS');
        this.registered.add(name);
        return { registered_model: { name } };
      }
      case 'registered-models/alias':
        this.aliases.set(`${asked.name}@${asked.alias}`, asked.version ?? '');
        return {};
      case 'model-versions/set-tag':
        this.versions
          .find(({ name, version }) => name === asked.name && version === asked.version)
          ?.tags.push({ key: asked.key ?? '', value: asked.value ?? '' });
        return {};
      case 'model-versions/search': {
        const [, wanted = '', tag = '', value = ''] =
          /^name = '(.*)' AND tags\.`(.*)` = '(.*)'$/.exec(query.get('filter') ?? '') ?? [];
        return {
          model_versions: this.versions.filter(
            ({ name, tags }) => name === wanted && tags.some((one) => one.key === tag && one.value === value),
          ),
        };
      }
      case 'model-versions/create': {
        const { name = '', source = '', run_id = '', tags = [] } = asked;
        const version = { name, version: String(this.versions.length + 1), source, run_id, tags: [...tags] };
        this.versions.push(version);
        return { model_version: version };
      }
      default:
        return undefined;
    }
  }

  log(id: string, metric: object): void {
    this.models[Number(id.slice('m-'.length))]?.metrics.add(JSON.stringify(metric));
  }

  #upload(path: string, body: string): object | undefined {
    const [, id, file] = /\/models\/m-(\d+)\/artifacts\/(.*)$/.exec(path) ?? [];
    if (id === undefined || file === undefined) return undefined;
    this.models[Number(id)]?.files.set(file, body);
    return {};
  }

  #logged(method: string, id: string, what: string | undefined, asked: Asked): object {
    if (id === 'search') {
      const [, tag = '', value = ''] = /^tags\.`(.*)` = '(.*)'$/.exec(asked.filter ?? '') ?? [];
      return {
        models: this.models
          .filter(({ tags, isDeleted }) => !isDeleted && tags.get(tag) === value)
          .map((model) => this.#described(model)),
      };
    }
    if (id === '') {
      const model: ServedModel = {
        name: asked.name ?? '',
        experiment: asked.experiment_id ?? '',
        source: asked.source_run_id ?? '',
        tags: new Map(),
        params: new Map(),
        files: new Map(),
        metrics: new Set(),
        status: 'LOGGED_MODEL_PENDING',
        isDeleted: false,
      };
      this.models.push(model);
      write(model, asked);
      return { model: this.#described(model) };
    }
    const model = this.models[Number(id.slice('m-'.length))];
    if (model === undefined) throw new Error(`there is no model ${id}`);
    write(model, asked);
    if (method === 'PATCH' && what === undefined) model.status = asked.status ?? '';
    if (method === 'DELETE') model.isDeleted = true;
    return { model: this.#described(model) };
  }

  #described(model: ServedModel): object {
    const id = `m-${this.models.indexOf(model)}`;
    return {
      info: {
        model_id: id,
        name: model.name,
        status: model.status,
        artifact_uri: `mlflow-artifacts:/1/models/${id}/artifacts`,
      },
      data: { params: [...model.params].map(([key, value]) => ({ key, value })) },
    };
  }
}

function write({ tags, params }: ServedModel, asked: Asked): void {
  for (const { key, value } of asked.tags ?? []) tags.set(key, value);
  for (const { key, value } of asked.params ?? []) params.set(key, value);
}

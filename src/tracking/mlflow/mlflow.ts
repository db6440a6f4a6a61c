import { ArtifactClient } from './artifact-client.js';
import { type ClientOptions, connectionOf } from './connection.js';
import { ExperimentClient } from './experiment-client.js';
import { LoggedModelClient } from './logged-model-client.js';
import { ModelRegistryClient } from './model-registry-client.js';
import { ModelVersionClient } from './model-version-client.js';
import { RunClient } from './run-client.js';
import { Transport } from './transport.js';

type Methods<T> = Pick<T, keyof T>;

/** One MLflow server: the methods of all clients, and each client by itself. */
export type Mlflow = Methods<ExperimentClient> &
  Methods<RunClient> &
  Methods<ArtifactClient> &
  Methods<LoggedModelClient> &
  Methods<ModelRegistryClient> &
  Methods<ModelVersionClient> &
  Methods<FlatClient>;

class FlatClient {
  readonly #experiments: ExperimentClient;
  readonly #runs: RunClient;
  readonly #artifacts: ArtifactClient;
  readonly #loggedModels: LoggedModelClient;
  readonly #models: ModelRegistryClient;
  readonly #versions: ModelVersionClient;

  constructor(trackingUri: string, options: ClientOptions = {}) {
    const transport = new Transport(connectionOf(trackingUri, options));
    this.#experiments = new ExperimentClient(transport);
    this.#runs = new RunClient(transport);
    this.#artifacts = new ArtifactClient(transport);
    this.#loggedModels = new LoggedModelClient(transport);
    this.#models = new ModelRegistryClient(transport);
    this.#versions = new ModelVersionClient(transport);
    const clients = [
      this.#experiments,
      this.#runs,
      this.#artifacts,
      this.#loggedModels,
      this.#models,
      this.#versions,
    ];
    for (const client of clients) Object.assign(this, methodsOf(client));
  }

  getExperimentClient(): ExperimentClient {
    return this.#experiments;
  }

  getRunClient(): RunClient {
    return this.#runs;
  }

  getArtifactClient(): ArtifactClient {
    return this.#artifacts;
  }

  getLoggedModelClient(): LoggedModelClient {
    return this.#loggedModels;
  }

  getModelRegistryClient(): ModelRegistryClient {
    return this.#models;
  }

  getModelVersionClient(): ModelVersionClient {
    return this.#versions;
  }
}

/**
 * `new Mlflow('http://127.0.0.1:5000')`. Credentials come from the options, the URI, or
 * MLFLOW_TRACKING_USERNAME and _PASSWORD, or MLFLOW_TRACKING_TOKEN.
 */
// The constructor assigns the methods that the type lists; a class declaration cannot say so.
export const Mlflow = FlatClient as unknown as new (trackingUri: string, options?: ClientOptions) => Mlflow;

function methodsOf(client: object): Record<string, unknown> {
  const prototype = Object.getPrototypeOf(client) as Record<string, (...values: unknown[]) => unknown>;
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return Object.fromEntries(names.map((name) => [name, prototype[name]?.bind(client)]));
}

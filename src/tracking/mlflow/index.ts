/** `wassermill/mlflow-js`: a client of MLflow's REST interface, in the public shape of mlflow-js. */
export { ApiError, ConnectionError } from './api-error.js';
export { ArtifactClient, type ArtifactContent } from './artifact-client.js';
export { chunksOf, metricBatches } from './batches.js';
export type { Auth, ClientOptions } from './connection.js';
export { ExperimentClient } from './experiment-client.js';
export { limits } from './limits.js';
export { LoggedModelClient } from './logged-model-client.js';
export { Mlflow, Mlflow as default } from './mlflow.js';
export { ModelRegistryClient } from './model-registry-client.js';
export { ModelVersionClient } from './model-version-client.js';
export { RunClient } from './run-client.js';
export type { TlsOptions } from './tls.js';
export type * from './types.js';
export { InvalidArgument } from './validate.js';

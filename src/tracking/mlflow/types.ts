/** Records of MLflow's REST interface, with its own field names. Times are milliseconds since the epoch. */

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Param {
  readonly key: string;
  readonly value: string;
}

export interface Metric {
  readonly key: string;
  /** NaN and infinities are allowed. */
  readonly value: number;
  readonly timestamp: number;
  /** 0 where absent. */
  readonly step?: number;
}

/** A metric of a run that is one of a logged model's, too. */
export interface ModelMetric extends Metric {
  readonly model_id?: string;
}

/** A metric as it stands in JSON, which has no NaN and no infinities. */
export interface WireMetric {
  readonly key: string;
  readonly value: number | 'NaN' | 'Infinity' | '-Infinity';
  readonly timestamp: number;
  readonly step: number;
  readonly model_id?: string;
}

export interface Dataset {
  readonly name: string;
  readonly digest: string;
  readonly source_type: string;
  readonly source: string;
  readonly schema?: string;
  readonly profile?: string;
}

export interface DatasetInput {
  readonly dataset: Dataset;
  readonly tags?: readonly Tag[];
}

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';

export interface Experiment {
  readonly experiment_id: string;
  readonly name: string;
  readonly artifact_location: string;
  readonly lifecycle_stage: 'active' | 'deleted';
  readonly creation_time?: number;
  readonly last_update_time?: number;
  readonly tags?: readonly Tag[];
}

export interface RunInfo {
  readonly run_id: string;
  readonly run_name: string;
  readonly experiment_id: string;
  readonly status: RunStatus;
  readonly start_time: number;
  readonly end_time?: number;
  readonly artifact_uri: string;
  readonly lifecycle_stage: 'active' | 'deleted';
}

export interface Run {
  readonly info: RunInfo;
  readonly data: {
    readonly metrics?: readonly Metric[];
    readonly params?: readonly Param[];
    readonly tags?: readonly Tag[];
  };
  readonly inputs?: { readonly dataset_inputs?: readonly DatasetInput[] };
  readonly outputs?: { readonly model_outputs?: readonly ModelOutput[] };
}

/** A model that a run made. */
export interface ModelOutput {
  readonly model_id: string;
  /** Of the run's metrics. */
  readonly step: number;
}

export type LoggedModelStatus = 'LOGGED_MODEL_PENDING' | 'LOGGED_MODEL_READY' | 'LOGGED_MODEL_UPLOAD_FAILED';

export interface LoggedModel {
  readonly info: {
    readonly model_id: string;
    readonly experiment_id: string;
    readonly name: string;
    readonly artifact_uri: string;
    readonly status: LoggedModelStatus;
    readonly source_run_id?: string;
    readonly tags?: readonly Tag[];
  };
  readonly data?: { readonly params?: readonly Param[]; readonly metrics?: readonly ModelMetric[] };
}

export interface ArtifactInfo {
  readonly path: string;
  readonly is_dir: boolean;
  readonly file_size?: number;
}

export interface RegisteredModel {
  readonly name: string;
  readonly description?: string;
  readonly tags?: readonly Tag[];
  readonly aliases?: readonly { readonly alias: string; readonly version: string }[];
}

export interface ModelVersion {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly status: string;
  readonly run_id?: string;
  readonly model_id?: string;
  readonly current_stage?: string;
  readonly description?: string;
  readonly tags?: readonly Tag[];
}

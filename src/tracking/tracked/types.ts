import type { PlannedStage, StageId } from '../../plan/types.js';
import type { DatasetInput, Metric, Param, RunStatus, Tag } from '../mlflow/types.js';

/**
 * What MLflow is to hold of a run, as data: the bundle and the replay to a server both write exactly this, so
 * that the same run looks the same either way.
 */
export interface TrackedExperiment extends ExperimentHead {
  /** Parents come before their children. */
  readonly runs: readonly TrackedRun[];
}

/** An experiment but for its runs. */
export interface ExperimentHead {
  readonly name: string;
  readonly tags: readonly Tag[];
}

export interface TrackedRun {
  /** Unique among all runs, and the same each time it is told: how a run is found again. */
  readonly id: string;
  /** `id` of the run that it is shown below. */
  readonly parent: string | undefined;
  readonly name: string;
  readonly user: string;
  readonly status: RunStatus;
  /** Milliseconds since the epoch, as all times here. */
  readonly startTime: number;
  readonly endTime: number | undefined;
  /** Keys are distinct. */
  readonly params: readonly Param[];
  /** Without those that follow from the fields above. Keys are distinct. */
  readonly tags: readonly Tag[];
  /** Those that are to be sent; in a run under way, those that came since. To be read as often as one likes. */
  readonly metrics: Iterable<Required<Metric>>;
  readonly datasets: readonly DatasetInput[];
  readonly artifacts: readonly TrackedArtifact[];
  readonly models: readonly TrackedModel[];
}

/** A trained network, for MLflow a model. */
export interface TrackedModel {
  /** Unique among all models, and the same each time it is told: how a model is found again. */
  readonly id: string;
  /** What was trained, by its content: the same in all runs that have it from the cache. */
  readonly training: string;
  /** And of its folder among the run's artifacts, in a store that keeps no models. */
  readonly name: string;
  /** Generator steps that it was trained for. */
  readonly step: number;
  /** When it was there. */
  readonly time: number;
  /** What it is made of. Keys are distinct. */
  readonly params: readonly Param[];
  /** Last values of what its training and evaluations came to; the run has them, too. */
  readonly metrics: readonly Required<Metric>[];
  /** Its id, and the cell that it was trained in. */
  readonly tags: readonly Tag[];
  /** Paths are below the model's folder. `MLmodel` goes with them, which says where they are. */
  readonly files: readonly TrackedArtifact[];
  /** The absolute path of what `tf.loadGraphModel` reads. */
  readonly graph: string;
  /** Where it is a version of, in MLflow's model registry. */
  readonly registered: Registration | undefined;
}

/** What a registry is to call a model. */
export type Registration = NonNullable<NonNullable<PlannedStage['policy']>['register']>;

export interface TrackedArtifact {
  /** Below the run's artifact folder, with `/`. */
  readonly path: string;
  readonly source: ArtifactSource;
}

export type ArtifactSource =
  /** An absolute path. */
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'text'; readonly text: string }
  /** A picture made small for MLflow's galleries: PNG, at most 256 pixels wide and high. */
  | { readonly kind: 'thumbnail'; readonly file: string };

/** What is not to be told of a run: since it is known already, or not yet certain. */
export interface LeftOut {
  /** Metric events from the first on, by stage. */
  readonly events: ReadonlyMap<StageId, number>;
  /** Samples of the machine. */
  readonly samples: number;
}

export const nothingLeftOut: LeftOut = { events: new Map(), samples: 0 };

/** Where a run is in a bundle or on a server. */
export interface StoredRun {
  /** `TrackedRun.id` */
  readonly id: string;
  readonly experimentId: string;
  /** What MLflow calls the run. */
  readonly storeId: string;
}

/** The tag that carries the place on the axes, as in `arm=base,seed=1`. */
export const cellTag = 'wassermill.cell';

/** The tag that carries `TrackedModel.id`. */
export const modelTag = 'wassermill.model';

/** The tag that carries `TrackedRun.id`. */
export const runTag = 'wassermill.run';

/** The tags of a run that follow from its fields; `parentId` is the store's own id of the parent. */
export function identityTags(run: TrackedRun, parentId: string | undefined): Tag[] {
  return [
    { key: 'mlflow.runName', value: run.name },
    { key: 'mlflow.user', value: run.user },
    { key: runTag, value: run.id },
    ...(parentId === undefined ? [] : [{ key: 'mlflow.parentRunId', value: parentId }]),
  ];
}

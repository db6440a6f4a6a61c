import type { Brand } from '../base/brand.js';
import type { Digest } from '../base/digest.js';
import type { Axes, AxisValue } from '../resolve/axes.js';
import type { OptionalInputs, RunnableFields, RunnableInputs, RunnableKind } from '../spec/runnable.js';
import type { FieldsByKind, InputsByKind, StageKind, StagePolicy } from '../spec/fields.js';

/**
 * Name of a stage in a plan: `train`, or `dataset:mnist` for a dataset's own stage; where axes make a difference to it,
 * `train@arm=penalty,seed=1`. A label, not an identity.
 */
export type StageId = Brand<string, 'StageId'>;

/** Fingerprint of everything that can change a stage's result: its identity in the cache. */
export type StageKey = Brand<Digest, 'StageKey'>;

/** Where tensors are computed: TensorFlow's library on the CPU or on an NVIDIA GPU, or plain JavaScript. */
export type BackendName = 'native' | 'gpu' | 'cpu';

export interface PlannedInput<Role extends string = string> {
  readonly role: Role;
  readonly stage: StageId;
  /** Of a dataset: the split that is used. */
  readonly split?: string;
  /** Of a stage that collects axes: where on them this input stands. */
  readonly cell?: Axes;
}

interface PlannedStageOf<K extends StageKind> {
  readonly id: StageId;
  readonly kind: K;
  readonly fields: FieldsByKind[K];
  readonly inputs: readonly PlannedInput<InputsByKind[K]>[];
  /** Stages to wait for although nothing is read from them (`needs`). */
  readonly after: readonly StageId[];
  readonly key: StageKey;
  /** The axes that make a difference to the stage; of several variants that share it, the first. Absent where none do. */
  readonly axes?: Axes;
  /** How it is to be run; absent where the file says nothing of that. */
  readonly policy?: StagePolicy;
}

export type PlannedStage = { [K in StageKind]: PlannedStageOf<K> }[StageKind];

/** A planned stage that this release can run. */
export type RunnableStage = {
  [K in RunnableKind]: Omit<PlannedStageOf<K>, 'fields' | 'inputs'> & {
    readonly fields: RunnableFields[K];
    readonly inputs: readonly PlannedInput<RunnableInputs[K] | OptionalInputs[K]>[];
  };
}[RunnableKind];

/** What will run: frozen, so that later edits of the file cannot leak into it. */
export interface Plan {
  readonly pipeline: string;
  readonly backend: BackendName;
  /** The axes of the file, with their values in the order of the file. Absent where it has none. */
  readonly axes?: Readonly<Record<string, readonly AxisValue[]>>;
  /** In topological order: a stage comes after all that it reads or waits for. */
  readonly stages: readonly PlannedStage[];
}

/** A plan of which everything can be run. Only `runnablePlan` makes it. */
export interface RunnablePlan extends Plan {
  readonly stages: readonly RunnableStage[];
}

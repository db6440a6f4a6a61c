import type { JsonObject } from '../base/json.js';
import type { MetricIdentity } from '../base/metric-identity.js';
import type { BackendName, StageId, StageKey } from '../plan/types.js';
import type { Axes } from '../resolve/axes.js';
import type { CollectingKind, InputsByKind, StageKind } from '../spec/fields.js';
import type {
  OptionalInputs,
  RunnableFields,
  RunnableInputs,
  RunnableKind,
  WorkerKind,
} from '../spec/runnable.js';
import type { ComparisonEvent, VerdictEvent } from './judged.js';

/** A finished stage's files, as the stage that reads them sees them. */
export interface StageInput {
  readonly stage: StageId;
  /** Absolute path; read only. */
  readonly directory: string;
  /** Of a dataset: the split that is used. */
  readonly split?: string;
}

/** What a stage reads, by the input's role; of one that collects axes a list, in the order of the variants. */
export type StageInputs<K extends RunnableKind> = K extends CollectingKind
  ? Readonly<Record<InputsByKind[K], readonly CollectedInput[]>>
  : Readonly<Record<RunnableInputs[K], StageInput> & Partial<Record<OptionalInputs[K], StageInput>>>;

/** One of the many that a stage which collects axes reads. */
export interface CollectedInput {
  /** What the file calls the stage that is read. */
  readonly name: string;
  readonly stage: StageId;
  readonly key: StageKey;
  readonly kind: StageKind;
  /** Where on the collected axes. */
  readonly cell: Axes;
  readonly found: InputFound;
}

/** The folder of an artifact; or why there is none, a clause: `train@seed=1 diverged`. */
export type InputFound = { readonly directory: string } | { readonly lacks: string };

/** What a stage's implementation is given, inside its worker process. */
export interface StageContext<K extends WorkerKind> {
  readonly stage: StageId;
  readonly fields: RunnableFields[K];
  readonly inputs: StageInputs<K>;
  /** Absolute path of an empty folder; what is written there becomes the artifact. */
  readonly output: string;
  readonly backend: BackendName;
  /** Where the samples that it reads are kept; by their size unless given. */
  readonly samples?: 'memory' | 'disk';
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly emit: (event: StageEvent) => void;
  /** Aborted when the run is asked to stop; long stages look between steps. */
  readonly signal: AbortSignal;
  readonly checkpoints: Checkpoints;
}

/**
 * Where a long stage puts away how far it has come, so that after any end of its process an attempt with the same key
 * goes on from there. For that the stage must report, and write into its output folder, the same however often it is
 * interrupted, and must not change a file once it has put away its state. It may remove one, and has to put away its
 * state then before it writes another of that name.
 */
export interface Checkpoints {
  /**
   * What was put away last, if anything was. All that had been reported till then has been reported again, and what had
   * been written is in the output folder. To be called once, before the stage reports anything; a stage that never calls
   * it has no checkpoints.
   */
  resume(): Promise<SavedState | undefined>;
  /** Whether it is time to save, after so many steps. */
  isDue(step: number): boolean;
  /** Puts away the state and all that was reported and written so far. A full disk costs the checkpoint, not the stage. */
  save(state: SavedState): Promise<void>;
}

/** Everything that the rest of a stage's work depends on, beside its fields and inputs. */
export interface SavedState {
  /** As a note is to say it: `generator step 300 of 600`. */
  readonly at: string;
  /** Steps done, as `isDue` counts them. */
  readonly step: number;
  /** The stage's own account of where it is. */
  readonly position: JsonObject;
  /** Little-endian float32, bit by bit. */
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

/** How often a stage is to save: after so many seconds, or whenever so many steps are done. */
export type CheckpointInterval = { readonly seconds: number } | { readonly steps: number };

/** Resolves when the output folder holds the whole artifact; rejects with `StageProblem` for bad input. */
export type StageImplementation<K extends WorkerKind> = (context: StageContext<K>) => Promise<void>;

export type StageRegistry = { readonly [K in WorkerKind]: StageImplementation<K> };

/** What a stage says while it works. All but `progress` is kept with the artifact and replayed on a cache hit. */
export type StageEvent = ProgressEvent | RecordedStageEvent;

export interface ProgressEvent {
  readonly type: 'progress';
  readonly done: number;
  readonly total: number;
  /** Plural, as in `generator steps`. */
  readonly unit: string;
}

export type RecordedStageEvent =
  | MetricsEvent
  | IdentitiesEvent
  | ImageEvent
  | TextEvent
  | NoteEvent
  | RolledBackEvent
  | VerdictEvent
  | ComparisonEvent;

export interface MetricsEvent {
  readonly type: 'metrics';
  /** What it is counted in is the stage's affair: generator steps for training and for what follows it. */
  readonly step: number;
  /** Milliseconds since the epoch, an integer. */
  readonly timestamp: number;
  /** By metric name; values may be NaN or infinite. */
  readonly values: Readonly<Record<string, number>>;
}

/** Before the first values of an evaluation. */
export interface IdentitiesEvent {
  readonly type: 'identities';
  /** By metric; that of `modes` is that of all its parts, as `modes.total_variation`. */
  readonly identities: Readonly<Record<string, MetricIdentity>>;
}

export interface ImageEvent {
  readonly type: 'image';
  readonly step: number;
  readonly timestamp: number;
  /** What the picture shows, the same for all steps: `samples`. */
  readonly name: string;
  /** A PNG, relative to the artifact's folder. */
  readonly file: string;
}

/** Samples that are to be read. */
export interface TextEvent {
  readonly type: 'text';
  readonly step: number;
  readonly timestamp: number;
  /** What the text shows, the same for all steps: `samples`. */
  readonly name: string;
  /** UTF-8, a sample a line, relative to the artifact's folder. */
  readonly file: string;
}

export interface NoteEvent {
  readonly type: 'note';
  readonly message: string;
}

/** A training had diverged, and goes on from an earlier step: what it reported of later steps is superseded. */
export interface RolledBackEvent {
  readonly type: 'rolled_back';
  readonly timestamp: number;
  readonly divergence: Divergence;
  /** The step that it goes on from. */
  readonly to: number;
  /** Of what follows, counted from 1: the first try is 0. */
  readonly attempt: number;
}

/** In the artifact of a training that ended diverged, as a result: its `Divergence`, as JSON. */
export const divergedFile = 'diverged.json';

/** How a training ended up where nothing is learnt any more. */
export interface Divergence {
  /** `collapsed`: whatever they are given, the generator or the critic answer the same. */
  readonly kind: 'not_finite' | 'exploding' | 'collapsed';
  /** After so many generator steps. */
  readonly step: number;
  /** A clause without a full stop, as in `the losses are no longer finite`. */
  readonly message: string;
}

/** A training has diverged, and its specification says that it fails then. */
export class StageDiverged extends Error {
  override readonly name = 'StageDiverged';
  readonly divergence: Divergence;

  constructor(divergence: Divergence) {
    super(divergence.message);
    this.divergence = divergence;
  }
}

/**
 * The user's data or specification is at fault, and the stage found out only at work: a truncated file, a
 * dataset too small for its splits. Shown as a diagnostic at the field, without a stack trace.
 */
export class StageProblem extends Error {
  override readonly name = 'StageProblem';
  /** Path into the stage's (or dataset's) specification, as in `['files', 1]`; empty for the whole of it. */
  readonly field: readonly (string | number)[];
  readonly help: string | undefined;

  constructor(message: string, field: readonly (string | number)[] = [], help?: string) {
    super(message);
    this.field = field;
    this.help = help;
  }
}

import type { JsonObject } from '../base/json.js';
import type { CriticSpec, GeneratorSpec } from './architectures.js';
import type { Assertion } from './assertions.js';
import type { BaselineSpec } from './baseline.js';
import type { ClaimStage, CompareStage, GateStage, ReportStage } from './collecting-stages.js';
import type { CommandStage } from './command-stage.js';
import type { CurvesStage } from './curves-stage.js';
import type { DatasetSpec } from './datasets.js';
import type { ExtractorStage } from './extractor-stage.js';
import type { ClassifierStage, EvaluateStage, SampleStage } from './measuring-stages.js';
import type { RegisterSpec } from './registering.js';
import type { PolicyField } from './stage-fields.js';
import type { TrainStage } from './train-stage.js';

/** What never changes a result, and what became an edge of the graph. */
type Label = 'type' | PolicyField;

/** Of the resources of a stage that computes with tensors, the number that decides its last bits. */
type Threads = Readonly<Record<'threads', number>>;

/**
 * A run of the past that a metric is compared with, by MLflow's id and name; the metric's last value, a word where it is not
 * finite; and where the run says so, what that is of (`MetricIdentity`) and the key of the stage that it is from.
 */
export type BaselineRun = Readonly<
  Record<'run' | 'name', string> &
    Record<'value', number | 'NaN' | 'Infinity' | '-Infinity'> &
    Partial<Record<'identity', JsonObject> & Record<'key', string>>
>;

/** An assertion with the past runs that its baseline came to when the run was planned: they are part of the stage, as data are. */
export type PlannedAssertion = Omit<Assertion, 'baseline'> &
  Readonly<Partial<Record<'baseline', BaselineSpec & Readonly<Record<'runs', readonly BaselineRun[]>>>>>;

type Asserting = Readonly<Record<'assert', readonly PlannedAssertion[]>>;

/**
 * What each kind of stage is, for the planner: the canonical fields that can change its result.
 * Names of architectures are replaced by what they name; names of splits and stages became inputs.
 */
export interface FieldsByKind {
  readonly dataset: DatasetSpec;
  readonly train: Omit<TrainStage, Label | 'dataset' | 'generator' | 'critic'> &
    Threads & { readonly generator: GeneratorSpec; readonly critic: CriticSpec };
  readonly evaluate: Omit<EvaluateStage, Label | 'model' | 'reference' | 'extractor'> & Threads;
  readonly sample: Omit<SampleStage, Label | 'model'> & Threads;
  readonly classifier: Omit<ClassifierStage, Label | 'dataset' | 'test'> & Threads;
  readonly extractor: Omit<ExtractorStage, Label> & Threads;
  readonly curves: Omit<CurvesStage, Label>;
  readonly command: Omit<CommandStage, Label | 'inputs'>;
  readonly compare: Omit<CompareStage, Label>;
  readonly gate: Omit<GateStage, Label | 'assert'> & Asserting;
  readonly claim: Omit<ClaimStage, Label | 'assert'> & Asserting;
  readonly report: Omit<ReportStage, Label>;
}

/** Kinds of planned stages. `dataset` stages are made by the planner from `datasets`. */
export type StageKind = keyof FieldsByKind;

/** Kinds that read all variants along the axes that they collect. */
export type CollectingKind = 'compare' | 'gate' | 'claim' | 'report';

/** The input roles of each kind: which field of the file became which input. */
export interface InputsByKind {
  readonly dataset: never;
  readonly train: 'dataset';
  /** `against.NAME` is the split that the metric of that name compares with. */
  readonly evaluate: 'model' | 'reference' | 'extractor' | `against.${string}`;
  readonly sample: 'model';
  readonly classifier: 'dataset' | 'test';
  readonly extractor: never;
  /** By the metric that reads it: its curve, and the estimate that it is compared with. */
  readonly curves: `of.${string}` | `estimate.${string}`;
  /** By the name that the stage gives it. */
  readonly command: string;
  readonly compare: 'collected';
  readonly gate: 'collected';
  readonly claim: 'collected';
  readonly report: 'collected';
}

/** How a stage is run, which never changes what it gives. */
export interface StagePolicy {
  /** The stage runs although it has run before, and so does what reads from it. */
  readonly always: boolean;
  /** Attempts after the first. */
  readonly retries: number;
  /** Seconds that one attempt may take. */
  readonly timeout?: number;
  readonly gpu: number;
  /** Bytes of main memory. */
  readonly memory?: number;
  /** Where the samples that it reads are kept; by their size unless given. */
  readonly samples?: 'memory' | 'disk';
  /** Where MLflow's model registry has what it trains. */
  readonly register?: RegisterSpec;
}

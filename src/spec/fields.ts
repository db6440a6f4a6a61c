import type { CriticSpec, GeneratorSpec } from './architectures.js';
import type { DatasetSpec } from './datasets.js';
import type { EvaluateStage, SampleStage, TrainStage } from './stages.js';

type Label = 'type' | 'desc' | 'needs';

/**
 * What the implementation of each stage kind receives: the canonical fields that can change its result.
 * Names of architectures are replaced by what they name; names of splits and stages became inputs.
 */
export interface FieldsByKind {
  readonly dataset: DatasetSpec;
  readonly train: Omit<TrainStage, Label | 'dataset' | 'generator' | 'critic'> & {
    readonly generator: GeneratorSpec;
    readonly critic: CriticSpec;
  };
  readonly evaluate: Omit<EvaluateStage, Label | 'model' | 'reference'>;
  readonly sample: Omit<SampleStage, Label | 'model'>;
}

/** Kinds of planned stages. `dataset` stages are made by the planner from `datasets`. */
export type StageKind = keyof FieldsByKind;

/** The input roles of each kind: which field of the file became which input. */
export interface InputsByKind {
  readonly dataset: never;
  readonly train: 'dataset';
  readonly evaluate: 'model' | 'reference';
  readonly sample: 'model';
}

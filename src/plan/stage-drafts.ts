import { required } from '../base/invariant.js';
import type { JsonObject } from '../base/json.js';
import {
  isGenerator,
  type ArchitectureSpec,
  type CriticSpec,
  type GeneratorSpec,
} from '../spec/architectures.js';
import type { FieldsByKind, InputsByKind, StageKind } from '../spec/fields.js';
import type { PipelineSpec } from '../spec/pipeline.js';
import type { StageSpec } from '../spec/stages.js';
import type { DatasetSpec } from '../spec/datasets.js';
import { datasetSources, type DatasetSource } from './dataset-sources.js';
import type { PlannedInput, StageId } from './types.js';

interface StageDraftOf<K extends StageKind> {
  readonly id: StageId;
  readonly kind: K;
  readonly fields: FieldsByKind[K];
  /** The fields as they count in the fingerprint: without paths on disk. */
  readonly identity: JsonObject;
  readonly inputs: readonly PlannedInput<InputsByKind[K]>[];
  readonly after: readonly StageId[];
  readonly sources: readonly DatasetSource[];
  /** Where the specification declares it: `['stages', 'train']`. */
  readonly path: readonly string[];
}

/** A stage with its references followed, before its key is known. */
export type StageDraft = { [K in StageKind]: StageDraftOf<K> }[StageKind];

const datasetPrefix = 'dataset:';

function datasetStageId(name: string): StageId {
  return `${datasetPrefix}${name}` as StageId;
}

/** Where the specification declares a planned stage: `['stages', 'train']`, `['datasets', 'mnist']`. */
export function declarationOf(stage: StageId): readonly [section: 'stages' | 'datasets', name: string] {
  const [name = ''] = stage.split('@');
  return name.startsWith(datasetPrefix) ? ['datasets', name.slice(datasetPrefix.length)] : ['stages', name];
}

/** Drafts the stages of the variants of one file. What variants share is one draft. */
export class Drafter {
  private readonly known = new Map<object, StageDraft[]>();

  /** The stages of a specification: those of the file, and one for each dataset that some stage reads. */
  draftStages(spec: PipelineSpec): readonly StageDraft[] {
    const declared = Object.entries(spec.stages).map(([name, stage]) =>
      this.shared(
        stage,
        name,
        (draft) => hasNetworks(draft, stage, spec),
        () => draftStage(spec, name, stage),
      ),
    );
    const read = new Set(declared.flatMap((draft) => draft.inputs.map((input) => input.stage)));
    const datasets = Object.entries(spec.datasets)
      .filter(([name]) => read.has(datasetStageId(name)))
      .map(([name, fields]) =>
        this.shared(
          fields,
          datasetStageId(name),
          () => true,
          () => draftDataset(name, fields),
        ),
      );
    return [...datasets, ...declared];
  }

  private shared(
    declaration: object,
    id: string,
    fits: (draft: StageDraft) => boolean,
    make: () => StageDraft,
  ): StageDraft {
    const drafts = this.known.get(declaration) ?? [];
    const known = drafts.find((draft) => draft.id === id && fits(draft));
    if (known) return known;
    const draft = make();
    this.known.set(declaration, [...drafts, draft]);
    return draft;
  }
}

/** Whether the networks that a draft was made with are those that their names have here. */
function hasNetworks(draft: StageDraft, stage: StageSpec, { architectures }: PipelineSpec): boolean {
  return (
    draft.kind !== 'train' ||
    stage.type !== 'train' ||
    (draft.fields.generator === architectures[stage.generator] &&
      draft.fields.critic === architectures[stage.critic])
  );
}

function draftDataset(name: string, fields: DatasetSpec): StageDraft {
  const sources = datasetSources(fields);
  const pathFields = new Set(sources.map((source) => source.field[0]));
  const identity = Object.fromEntries(Object.entries(fields).filter(([field]) => !pathFields.has(field)));
  return {
    id: datasetStageId(name),
    kind: 'dataset',
    fields,
    identity: identity,
    inputs: [],
    after: [],
    sources,
    path: ['datasets', name],
  };
}

function draftStage(spec: PipelineSpec, name: string, stage: StageSpec): StageDraft {
  const common = {
    id: name as StageId,
    after: (stage.needs ?? []).map((needed) => needed as StageId),
    sources: [],
    path: ['stages', name],
  };
  switch (stage.type) {
    case 'train': {
      const { type, desc, needs, dataset, generator, critic, ...rest } = stage;
      const fields = { ...rest, generator: generatorOf(spec, generator), critic: criticOf(spec, critic) };
      return { ...common, kind: type, fields, identity: fields, inputs: [splitInput('dataset', dataset)] };
    }
    case 'evaluate': {
      const { type, desc, needs, model, reference, ...fields } = stage;
      const inputs = [stageInput('model', model), splitInput('reference', reference)];
      return { ...common, kind: type, fields, identity: fields, inputs };
    }
    case 'sample': {
      const { type, desc, needs, model, ...fields } = stage;
      return { ...common, kind: type, fields, identity: fields, inputs: [stageInput('model', model)] };
    }
  }
}

function stageInput<Role extends string>(role: Role, stage: string): PlannedInput<Role> {
  return { role, stage: stage as StageId };
}

/** A split is written `mnist.train`: dataset, dot, split. */
function splitInput<Role extends string>(role: Role, reference: string): PlannedInput<Role> {
  const dot = reference.indexOf('.');
  return { role, stage: datasetStageId(reference.slice(0, dot)), split: reference.slice(dot + 1) };
}

function architectureOf(spec: PipelineSpec, name: string): ArchitectureSpec {
  return required(spec.architectures[name], `architecture ${name}`);
}

function generatorOf(spec: PipelineSpec, name: string): GeneratorSpec {
  const architecture = architectureOf(spec, name);
  return required(isGenerator(architecture) ? architecture : undefined, `generator ${name}`);
}

function criticOf(spec: PipelineSpec, name: string): CriticSpec {
  const architecture = architectureOf(spec, name);
  return required(isGenerator(architecture) ? undefined : architecture, `critic ${name}`);
}

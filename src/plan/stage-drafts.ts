import { required } from '../base/invariant.js';
import type { JsonObject } from '../base/json.js';
import {
  isGenerator,
  type ArchitectureSpec,
  type CriticSpec,
  type GeneratorSpec,
} from '../spec/architectures.js';
import { comparedMetrics } from '../spec/assertions.js';
import type { Baselines } from './baselines.js';
import type { CurveMetric } from '../spec/curves-stage.js';
import type { DatasetSpec } from '../spec/datasets.js';
import type { CollectingKind, FieldsByKind, InputsByKind, StageKind, StagePolicy } from '../spec/fields.js';
import type { MetricSpec } from '../spec/metrics.js';
import type { PipelineSpec } from '../spec/pipeline.js';
import { metricName, splitName } from '../spec/references.js';
import type { StageSpec } from '../spec/stages.js';
import { commandSources, datasetSources, extractorSources, type UserSource } from './user-sources.js';
import { policyOf } from './stage-policy.js';
import type { PlannedInput, StageId } from './types.js';
import { stageName } from './stage-name.js';

interface StageDraftOf<K extends StageKind> {
  readonly id: StageId;
  readonly kind: K;
  readonly fields: FieldsByKind[K];
  /** The fields as they count in the fingerprint: without paths on disk. */
  readonly identity: JsonObject;
  /** Of one variant; a stage that collects axes reads the same of all variants along them. */
  readonly inputs: readonly PlannedInput<InputsByKind[K]>[];
  readonly after: readonly StageId[];
  /** The axes along which it reads all variants, as written; undefined for stages that collect nothing. */
  readonly across: readonly string[] | undefined;
  readonly policy: StagePolicy | undefined;
  readonly sources: readonly UserSource[];
  /** Where the specification declares it: `['stages', 'train']`. */
  readonly path: readonly string[];
}

/** A stage with its references followed, before its key is known. */
export type StageDraft = { [K in StageKind]: StageDraftOf<K> }[StageKind];

const datasetPrefix = 'dataset:';

export function datasetStageId(name: string): StageId {
  return `${datasetPrefix}${name}` as StageId;
}

/** Where the specification declares a planned stage: `['stages', 'train']`, `['datasets', 'mnist']`. */
export function declarationOf(stage: StageId): readonly [section: 'stages' | 'datasets', name: string] {
  const name = stageName(stage);
  return name.startsWith(datasetPrefix) ? ['datasets', name.slice(datasetPrefix.length)] : ['stages', name];
}

export function draftDataset(name: string, fields: DatasetSpec): StageDraft {
  const sources = datasetSources(fields);
  return {
    id: datasetStageId(name),
    kind: 'dataset',
    fields,
    identity: without(fields, sources),
    inputs: [],
    after: [],
    across: undefined,
    policy: undefined,
    sources,
    path: ['datasets', name],
  };
}

export function draftStage(
  spec: PipelineSpec,
  name: string,
  stage: StageSpec,
  baselines: Baselines,
): StageDraft {
  const common = {
    id: name as StageId,
    after: (stage.needs ?? []).map((needed) => needed as StageId),
    across: undefined,
    policy: policyOf(stage),
    sources: [],
    path: ['stages', name],
  };
  switch (stage.type) {
    case 'train': {
      const { dataset, generator, critic, ...rest } = withThreads(stage);
      const fields = { ...rest, generator: generatorOf(spec, generator), critic: criticOf(spec, critic) };
      return {
        ...common,
        kind: stage.type,
        fields,
        identity: fields,
        inputs: [splitInput('dataset', dataset)],
      };
    }
    case 'evaluate': {
      const { model, reference, extractor, ...fields } = withThreads(stage);
      const compared = Object.entries(fields.metrics).flatMap(([name, metric]) =>
        metric.type === 'nearest_neighbour' ? [splitInput(`against.${name}` as const, metric.against)] : [],
      );
      const inputs = [
        stageInput('model', model),
        splitInput('reference', reference),
        ...(extractor === undefined ? [] : [stageInput('extractor', extractor)]),
        ...compared,
      ];
      const identity = { ...fields, metrics: withoutNames(fields.metrics) };
      return { ...common, kind: stage.type, fields, identity, inputs };
    }
    case 'sample': {
      const { model, ...fields } = withThreads(stage);
      return { ...common, kind: stage.type, fields, identity: fields, inputs: [stageInput('model', model)] };
    }
    case 'classifier': {
      const { dataset, test, ...fields } = withThreads(stage);
      const inputs = [
        splitInput('dataset', dataset),
        ...(test === undefined ? [] : [splitInput('test', test)]),
      ];
      return { ...common, kind: stage.type, fields, identity: fields, inputs };
    }
    case 'extractor': {
      const fields = withThreads(stage);
      const { path, ...network } = fields.network;
      const identity = { ...fields, network };
      return { ...common, kind: stage.type, fields, identity, inputs: [], sources: extractorSources(fields) };
    }
    case 'curves': {
      const fields = withoutLabels(stage);
      return { ...common, kind: stage.type, fields, ...curvesRead(fields.metrics) };
    }
    case 'command': {
      const { inputs, ...fields } = withoutLabels(stage);
      const sources = commandSources(fields);
      const { directory, ...identity } = without(fields, sources);
      return {
        ...common,
        kind: stage.type,
        fields,
        identity,
        inputs: Object.entries(inputs).map(([role, read]) => stageInput(role, read)),
        sources,
      };
    }
    case 'compare':
      return { ...common, ...collecting(stage.type, withoutLabels(stage), stage.metrics) };
    case 'gate':
      return {
        ...common,
        ...collecting(stage.type, withBaselines(stage, baselines), comparedMetrics(stage.assert)),
      };
    case 'claim':
      return {
        ...common,
        ...collecting(stage.type, withBaselines(stage, baselines), comparedMetrics(stage.assert)),
      };
    case 'report':
      return { ...common, ...collecting(stage.type, withoutLabels(stage), stage.show) };
  }
}

/** The stages that curves are of are inputs; of their names in `stage.metric` only the metric counts. */
function curvesRead(metrics: Readonly<Record<string, CurveMetric>>) {
  const read = Object.entries(metrics).flatMap(([name, metric]) => [
    stageInput(`of.${name}` as const, metricName(metric.of).stage),
    ...('estimate' in metric
      ? [stageInput(`estimate.${name}` as const, metricName(metric.estimate).stage)]
      : []),
  ]);
  const identityOf = (metric: CurveMetric): JsonObject => ({
    ...metric,
    of: metricName(metric.of).metric ?? '',
    ...('estimate' in metric && { estimate: metricName(metric.estimate).metric ?? '' }),
  });
  return {
    identity: {
      metrics: Object.fromEntries(
        Object.entries(metrics).map(([name, metric]) => [name, identityOf(metric)]),
      ),
    },
    inputs: read,
  };
}

function withBaselines<S extends Extract<StageSpec, { assert: unknown }>>(stage: S, baselines: Baselines) {
  const { assert, ...fields } = withoutLabels(stage);
  return { ...fields, assert: assert.map((assertion) => baselines.planned(assertion)) };
}

/** @param read Stages, or metrics of theirs. */
function collecting<K extends CollectingKind, Fields extends { readonly across: readonly string[] }>(
  kind: K,
  fields: Fields,
  read: readonly string[],
) {
  const stages = [...new Set(read.map((name) => metricName(name).stage))];
  return {
    kind,
    fields,
    identity: fields,
    inputs: stages.map((name) => stageInput('collected', name)),
    across: fields.across,
  };
}

type Labels = 'type' | 'desc' | 'needs' | 'cache' | 'retries' | 'timeout' | 'resources' | 'register';

function withoutLabels<S extends StageSpec>(stage: S): DistributiveOmit<S, Labels> {
  const labelled: S & { readonly register?: unknown } = stage;
  const { type, desc, needs, cache, retries, timeout, resources, register, ...fields } = labelled;
  return fields as DistributiveOmit<S, Labels>;
}

/** Of a stage that computes with tensors: its number of threads decides the last bits. */
function withThreads<S extends Extract<StageSpec, { resources: { threads: number } }>>(stage: S) {
  return { ...withoutLabels(stage), threads: stage.resources.threads };
}

type DistributiveOmit<S, K extends PropertyKey> = S extends unknown ? Omit<S, K> : never;

/** Without the fields that name files: their contents count instead. */
function without<Fields extends object>(
  fields: Fields,
  sources: readonly UserSource[],
): JsonObject & Partial<Fields> {
  const named = new Set(sources.map((source) => source.field[0]));
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !named.has(field))) as JsonObject &
    Partial<Fields>;
}

/** Metrics without the splits that they compare with, which became inputs. */
function withoutNames(metrics: Readonly<Record<string, MetricSpec>>): JsonObject {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, metric]) => [
      name,
      metric.type === 'nearest_neighbour' ? { type: metric.type, space: metric.space } : metric,
    ]),
  );
}

function stageInput<Role extends string>(role: Role, stage: string): PlannedInput<Role> {
  return { role, stage: stage as StageId };
}

/** A split is written `mnist.train`: dataset, dot, split. */
function splitInput<Role extends string>(role: Role, reference: string): PlannedInput<Role> {
  const { dataset, split } = splitName(reference);
  return { role, stage: datasetStageId(dataset), split: required(split, `the split of ${reference}`) };
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

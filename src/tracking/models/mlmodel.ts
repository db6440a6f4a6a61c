import { readFile } from 'node:fs/promises';

import { stringify } from 'yaml';

import { digestBytes } from '../../base/digest.js';
import { exists } from '../artifact-files.js';
import type { Tag } from '../mlflow/types.js';
import type { TrackedModel } from '../tracked/types.js';

/** The file by which MLflow's own tools know a model. */
export const mlmodelPath = 'MLmodel';

/** Of MLflow, whose form the file has. */
const mlflowVersion = '3.17.2';

/** Characters of a tag's value that servers of MLflow 2 take. */
const historyTagLength = 5000;

/** Where a store keeps a model. */
export interface ModelPlace {
  /** Of the run's own artifacts, or the URI of the model's. */
  readonly artifactPath: string;
  /** What MLflow calls the run. */
  readonly runId: string;
  /** What MLflow calls the model, where it knows models. */
  readonly modelId: string;
}

/** Those whose files are there, and are what was written: a cache may be cleared, and what lies in it may be damaged. */
export async function wholeModels(models: readonly TrackedModel[]): Promise<readonly TrackedModel[]> {
  const whole = await Promise.all(models.map(isWhole));
  return models.filter((_, index) => whole[index]);
}

async function isWhole({ files, graph }: TrackedModel): Promise<boolean> {
  for (const { source } of files) if (source.kind === 'file' && !(await exists(source.file))) return false;
  try {
    await signatureOf(graph);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The place of a model among a run's own artifacts. */
export function placeAmongArtifacts({ name, id }: TrackedModel, runId: string): ModelPlace {
  return { artifactPath: name, runId, modelId: `m-${digestBytes(id).slice(0, 32)}` };
}

/** MLmodel, as MLflow's loader reads it: what the network takes and gives, and how TensorFlow.js loads it. */
export async function mlmodelText(model: TrackedModel, place: ModelPlace): Promise<string> {
  return stringify(await mlmodelOf(model, place));
}

async function mlmodelOf(model: TrackedModel, { artifactPath, runId, modelId }: ModelPlace) {
  const signature = await signatureOf(model.graph);
  return {
    artifact_path: artifactPath,
    flavors: flavorsOf(signature !== undefined),
    mlflow_version: mlflowVersion,
    model_id: modelId,
    model_uuid: modelId,
    run_id: runId,
    ...(signature && { signature }),
    utc_time_created: timeText(model.time),
  };
}

function flavorsOf(hasGraph: boolean) {
  return { tfjs: { data: 'model.json', format: hasGraph ? 'graph-model' : 'weights' } };
}

/** The tag by which a run shows models that lie among its artifacts, as MLflow 2 has them: as many as a tag can hold. */
export async function modelHistoryTag(
  models: readonly TrackedModel[],
  placeOf: (model: TrackedModel) => ModelPlace,
): Promise<Tag> {
  const entries: string[] = [];
  let length = 2;
  for (const model of models) {
    const { run_id, artifact_path, utc_time_created, model_uuid, flavors } = await mlmodelOf(
      model,
      placeOf(model),
    );
    const entry = JSON.stringify({ run_id, artifact_path, utc_time_created, model_uuid, flavors });
    length += entry.length + 1;
    if (length > historyTagLength) break;
    entries.push(entry);
  }
  return { key: 'mlflow.log-model.history', value: `[${entries.join(',')}]` };
}

interface GraphFile {
  readonly signature?: Readonly<Record<'inputs' | 'outputs', Readonly<Record<string, TensorInfo>>>>;
}

interface TensorInfo {
  readonly dtype: string;
  readonly tensorShape: { readonly dim: readonly { readonly size: number }[] };
}

/** MLflow's signature of a graph model of ours; none of one that has weights only. */
async function signatureOf(graph: string) {
  const { signature } = JSON.parse(await readFile(graph, 'utf8')) as GraphFile;
  if (signature === undefined) return undefined;
  const schemaOf = (tensors: Readonly<Record<string, TensorInfo>>): string =>
    JSON.stringify(
      Object.entries(tensors).map(([name, { tensorShape }]) => ({
        name,
        type: 'tensor',
        // All networks compute in it.
        'tensor-spec': { dtype: 'float32', shape: tensorShape.dim.map(({ size }) => size) },
      })),
    );
  return { inputs: schemaOf(signature.inputs), outputs: schemaOf(signature.outputs), params: null };
}

/** As MLflow writes it: `2026-11-23 18:35:01.000000`. */
function timeText(time: number): string {
  return `${new Date(time).toISOString().replace('T', ' ').replace('Z', '')}000`;
}

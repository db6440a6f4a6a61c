import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { GraphModel } from '../tensor/exported/graph-model.js';
import type { Weights } from '../tensor/network.js';
import { decodeWeights, encodeConstants, encodeWeights, type WeightSpec } from '../tensor/weights-file.js';

/**
 * `NAME.json`: TensorFlow.js's manifest of weights, the network's own first; with the network's graph it is one of its graph models,
 * as `tf.loadGraphModel` reads it.
 */
export interface WeightsManifest extends Partial<Pick<GraphModel, 'modelTopology' | 'signature'>> {
  readonly format?: 'graph-model';
  readonly weightsManifest: readonly [WeightsGroup, ...WeightsGroup[]];
}

interface WeightsGroup {
  readonly paths: readonly [string];
  readonly weights: readonly WeightSpec[];
}

/**
 * Writes `NAME.json` and `NAME.bin`, in TensorFlow.js's format for weights; and with a graph, its axes and sizes as
 * `NAME.constants.bin`.
 */
export async function writeWeights(
  folder: string,
  name: string,
  weights: Weights,
  graph?: GraphModel,
): Promise<void> {
  const { specs, data } = await encodeWeights(weights);
  const own: WeightsGroup = { paths: [`${name}.bin`], weights: specs };
  await writeFile(join(folder, `${name}.bin`), data);
  await writeManifest(
    folder,
    name,
    graph ? await withGraph(folder, name, own, graph) : { weightsManifest: [own] },
  );
}

async function withGraph(
  folder: string,
  name: string,
  own: WeightsGroup,
  { modelTopology, signature, constants }: GraphModel,
): Promise<WeightsManifest> {
  const { specs, data } = encodeConstants(constants);
  const file = `${name}.constants.bin`;
  await writeFile(join(folder, file), data);
  const weightsManifest = [own, { paths: [file], weights: specs }] as const;
  return { format: 'graph-model', modelTopology, signature, weightsManifest };
}

async function writeManifest(folder: string, name: string, manifest: WeightsManifest): Promise<void> {
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(manifest)}\n`);
}

/** Tensors, to be disposed of with `tf.dispose` or the process. A backend must have been loaded. */
export async function readWeights(folder: string, name: string): Promise<Weights> {
  const manifest = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as WeightsManifest;
  const [{ paths, weights: specs }] = manifest.weightsManifest;
  return decodeWeights({ specs, data: await readFile(join(folder, paths[0])) });
}

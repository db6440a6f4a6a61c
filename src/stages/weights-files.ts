import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Weights } from '../tensor/network.js';
import { decodeWeights, encodeWeights, type WeightSpec } from '../tensor/weights-file.js';

/** TensorFlow.js's weights manifest; ours has one group in one file. */
export type WeightsManifest = readonly [
  { readonly paths: readonly [string]; readonly weights: readonly WeightSpec[] },
];

/** Writes `NAME.json` and `NAME.bin`, in TensorFlow.js's format for weights. */
export async function writeWeights(folder: string, name: string, weights: Weights): Promise<void> {
  const { specs, data } = await encodeWeights(weights);
  const manifest: WeightsManifest = [{ paths: [`${name}.bin`], weights: specs }];
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await writeFile(join(folder, `${name}.bin`), data);
}

/** Tensors, to be disposed of with `tf.dispose` or the process. A backend must have been loaded. */
export async function readWeights(folder: string, name: string): Promise<Weights> {
  const [{ paths, weights: specs }] = JSON.parse(
    await readFile(join(folder, `${name}.json`), 'utf8'),
  ) as WeightsManifest;
  return decodeWeights({ specs, data: await readFile(join(folder, paths[0])) });
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Digest } from '../base/digest.js';
import { digestFile } from '../files/digest-file.js';
import { classifierNetwork, type Classifier } from '../tensor/classifier.js';
import type { Weights } from '../tensor/network.js';
import { readWeights, writeWeights } from './weights-files.js';

/** What a classifier's artifact holds: this file (`classifier.json`), `weights.json` and `weights.bin`. */
export interface ClassifierManifest {
  /** Of one sample: [2], or [height, width, channels] in [-1, 1]. */
  readonly shape: readonly number[];
  readonly classes: number;
  /** Updates that it was trained for. */
  readonly steps: number;
  /** Shares of samples whose label it tells: of the split that it learnt, and of the one to test on, if any. */
  readonly accuracy: number;
  readonly test_accuracy?: number;
}

const manifestFile = 'classifier.json';
const weightsName = 'weights';

export async function writeClassifier(
  directory: string,
  manifest: ClassifierManifest,
  weights: Weights,
): Promise<void> {
  await writeWeights(directory, weightsName, weights);
  await writeFile(join(directory, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** A classifier out of an artifact. */
export interface LoadedClassifier {
  readonly manifest: ClassifierManifest;
  readonly network: Classifier;
  /** Tensors, to be disposed of with `tf.dispose` or the process. */
  readonly weights: Weights;
}

/** A backend must have been loaded. */
export async function loadClassifier(directory: string): Promise<LoadedClassifier> {
  // The cache compared the file's digest with its marker: it is what we wrote.
  const manifest = JSON.parse(await readFile(join(directory, manifestFile), 'utf8')) as ClassifierManifest;
  return {
    manifest,
    network: classifierNetwork(manifest.shape, manifest.classes),
    weights: await readWeights(directory, weightsName),
  };
}

/** Of the weights. */
export function classifierDigest(directory: string, signal: AbortSignal): Promise<Digest> {
  return digestFile(join(directory, `${weightsName}.bin`), signal);
}

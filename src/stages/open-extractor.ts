import type { Digest } from '../base/digest.js';
import { type StageInput, StageProblem } from '../execute/contract.js';
import { classifiedPart } from '../tensor/classifying.js';
import { pixelLevels } from '../tensor/user-models/prepared-images.js';
import { classifierDigest, loadClassifier } from './classifier-artifact.js';
import { extractorIdentity, readExtractorManifest } from './extractor-artifact.js';
import type { Extractor } from './extractor-contract.js';
import { openUserExtractor } from './user-extractor.js';

/**
 * The classifier of a stage's artifact, or the user's network of one. A backend must have been loaded.
 *
 * @param shape of the samples that are to be measured
 * @throws StageProblem where it is for samples of another shape.
 */
export async function openExtractor({ directory }: StageInput, shape: readonly number[]): Promise<Extractor> {
  const own = await readExtractorManifest(directory);
  if (own !== undefined) return openUserExtractor(directory, own, shape);
  const { manifest, network, weights } = await loadClassifier(directory);
  if (manifest.shape.join() !== shape.join()) {
    throw new StageProblem(
      `the extractor has learnt samples of ${manifest.shape.join(' x ')}, and those measured are ${shape.join(' x ')}`,
      ['extractor'],
      'Use a classifier of the same dataset, or resize both datasets alike.',
    );
  }
  const isImage = shape.length === 3;
  return {
    features: network.body.outputShape[0] ?? 0,
    classes: manifest.classes,
    of: (values) => classifiedPart(network, weights, isImage ? roundedPixels(values) : values),
  };
}

/** What an extractor adds to what a metric's value is of. */
export async function identityOfExtractor(
  { directory }: StageInput,
  signal: AbortSignal,
): Promise<{ readonly extractor: Digest; readonly resizer?: string }> {
  const own = await readExtractorManifest(directory);
  return own === undefined
    ? { extractor: await classifierDigest(directory, signal) }
    : extractorIdentity(own);
}

/**
 * Pixels from -1 to 1, rounded to the nearest of 256 levels. Real images come from 8 bits: an extractor might tell generated
 * ones by their finer levels alone, and images are looked at, and saved, in 8 bits.
 */
export function roundedPixels(values: Float32Array): Float32Array {
  return pixelLevels(values, 'uint8').map((level) => level / 127.5 - 1);
}

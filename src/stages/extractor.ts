import { type StageInput, StageProblem } from '../execute/contract.js';
import { type ClassifiedPart, classifiedPart } from '../tensor/classifying.js';
import { loadClassifier } from './classifier-artifact.js';

/** What finds features in samples, and tells their classes. */
export interface Extractor {
  /** Of a sample. */
  readonly features: number;
  readonly classes: number;
  /** Of up to 64 samples as networks see them, one after another; images are rounded to 8 bits first, as real ones are. */
  readonly of: (values: Float32Array) => ClassifiedPart;
}

/**
 * The classifier of a stage's artifact. A backend must have been loaded.
 *
 * @param shape of the samples that are to be measured
 * @throws StageProblem where it has learnt samples of another shape.
 */
export async function openExtractor({ directory }: StageInput, shape: readonly number[]): Promise<Extractor> {
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

/**
 * Pixels from -1 to 1, rounded to the nearest of 256 levels. Real images come from 8 bits: an extractor might tell generated
 * ones by their finer levels alone, and images are looked at, and saved, in 8 bits.
 */
export function roundedPixels(values: Float32Array): Float32Array {
  return values.map((value) => Math.min(255, Math.max(0, Math.round(127.5 * (value + 1)))) / 127.5 - 1);
}

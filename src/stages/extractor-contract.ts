import type { ClassifiedPart } from '../tensor/classifying.js';

/** What finds features in samples, and tells their classes. */
export interface Extractor {
  /** Of a sample. */
  readonly features: number;
  /** 0 where it tells none. */
  readonly classes: number;
  /** Of up to 64 samples as networks see them, one after another; images are rounded to 8 bits first, as real ones are, unless the specification says otherwise. */
  readonly of: (values: Float32Array) => ClassifiedPart;
}

import { copyRows } from '../../base/rows.js';
import { sizeOf } from '../../base/shape.js';
import type { Distribution } from '../../metrics/distributions.js';
import type { Mixture } from '../../metrics/modes-covered.js';
import type { Vocabulary } from './vocabulary.js';

/** Samples as they lie in the user's files, or were drawn: before shuffling and splitting. */
export type SampleSource = PointSource | ImageSource | SequenceSource;

interface SourceOf<Values> {
  readonly count: number;
  /** A class for each sample, counted from 0; of a mixture, the mode that the sample was drawn from. */
  readonly labels?: Int32Array;
  /** Number of classes; some may have no samples. */
  readonly classes?: number;
  /** What the user should know about what was read, in sentences. */
  readonly notes?: readonly string[];
  /**
   * The samples at these positions, one after another.
   * @throws StageProblem when a file turns out to be damaged.
   */
  read(positions: Int32Array): Promise<Values>;
}

export interface PointSource extends SourceOf<Float32Array> {
  readonly kind: 'points';
  /** Of one sample. */
  readonly shape: readonly [dimensions: number];
  readonly mixture?: Mixture;
  /** Where it is known as a formula. */
  readonly distribution?: Distribution;
}

/** Pixels from 0 to 255. */
export interface ImageSource extends SourceOf<Uint8Array> {
  readonly kind: 'images';
  /** Of one sample. */
  readonly shape: ImageShape;
}

/** Numbers of tokens. */
export interface SequenceSource extends SourceOf<Int32Array> {
  readonly kind: 'sequences';
  /** Of one sample, as networks see it; `read` gives `length` numbers of each. */
  readonly shape: readonly [length: number, tokens: number];
  readonly vocabulary: Vocabulary;
}

export type ImageShape = readonly [height: number, width: number, channels: number];

/** A source of points that are all in memory, point after point in `values`. */
export function pointSource(
  values: Float32Array,
  dimensions: number,
  more: Pick<PointSource, 'labels' | 'classes' | 'mixture' | 'distribution'> = {},
): PointSource {
  return {
    kind: 'points',
    shape: [dimensions],
    count: values.length / dimensions,
    ...more,
    read: (positions) => {
      const points = new Float32Array(positions.length * dimensions);
      return Promise.resolve(copyRows(points, values, positions, dimensions));
    },
  };
}

/** A source of sequences that are all in memory, sequence after sequence in `numbers`. */
export function sequenceSource(
  numbers: Int32Array,
  length: number,
  vocabulary: Vocabulary,
  more: Pick<SequenceSource, 'notes'> = {},
): SequenceSource {
  return {
    kind: 'sequences',
    shape: [length, vocabulary.tokens.length],
    count: numbers.length / length,
    vocabulary,
    ...more,
    read: (positions) => {
      const sequences = new Int32Array(positions.length * length);
      return Promise.resolve(copyRows(sequences, numbers, positions, length));
    },
  };
}

/**
 * A source of images that are made one at a time.
 * @param image the pixels of one image, row after row, channels last
 */
export function imageSource(
  shape: ImageShape,
  count: number,
  image: (position: number) => Uint8Array | Promise<Uint8Array>,
  more: Pick<ImageSource, 'labels' | 'classes' | 'notes'> = {},
): ImageSource {
  const size = sizeOf(shape);
  return {
    kind: 'images',
    shape,
    count,
    ...more,
    read: async (positions) => {
      const pixels = new Uint8Array(positions.length * size);
      // All at once: sharp works on as many as it has threads, in whatever order, and each has its own place.
      await Promise.all(
        Array.from(positions, async (position, row) => pixels.set(await image(position), row * size)),
      );
      return pixels;
    },
  };
}

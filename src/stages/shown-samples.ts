import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { StageContext } from '../execute/contract.js';
import type { Vocabulary } from './datasets/vocabulary.js';
import { type PicturedSamples, type PictureOptions, samplesPicture } from './pictures.js';
import { likeliest, textOf } from './texts.js';

interface Shown {
  /** What they are, as `samples`. */
  readonly name: string;
  readonly step: number;
  /** Relative to the artifact's folder. */
  readonly file: string;
}

type Teller = Pick<StageContext<'train'>, 'output' | 'emit' | 'now'>;

/** Writes what generated samples look like: of points and images a picture, of text the text itself. */
export async function showSamples(
  teller: Teller,
  samples: PicturedSamples & { readonly vocabulary: Vocabulary | undefined },
  shown: Shown,
  options?: PictureOptions,
): Promise<void> {
  const { vocabulary } = samples;
  const content =
    vocabulary === undefined
      ? await samplesPicture(samples, options)
      : textOf(likeliest(samples.values, samples.shape), vocabulary);
  await tellSamples(teller, shown, content);
}

/** Writes a picture, or a text, and tells of it. */
export async function tellSamples(
  { output, emit, now }: Teller,
  { name, step, file }: Shown,
  content: Uint8Array | string,
): Promise<void> {
  await writeFile(join(output, file), content);
  const type = typeof content === 'string' ? 'text' : 'image';
  emit({ type, step, timestamp: now(), name, file });
}

/** Of the file that `showSamples` writes. */
export function shownEnding(vocabulary: Vocabulary | undefined): '.png' | '.txt' {
  return vocabulary === undefined ? '.png' : '.txt';
}

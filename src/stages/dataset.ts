import { sizeOf } from '../base/shape.js';
import { RandomStream } from '../base/streams.js';
import type { StageContext } from '../execute/contract.js';
import type { RunnableFields } from '../spec/runnable.js';
import { asSeenByNetworks, writeDatasetManifest, writeLabels, writeSamples } from './dataset-artifact.js';
import { openCifar10 } from './datasets/cifar10.js';
import { gaussian, gaussianMixture, parallelLines, swissRoll } from './datasets/generated.js';
import { openIdx } from './datasets/idx.js';
import { openImageFolder } from './datasets/image-folder.js';
import { openText } from './datasets/text.js';
import type { SampleSource } from './datasets/sample-source.js';
import { shapes } from './datasets/shapes.js';
import { cutSplits, type SplitRange } from './datasets/splits.js';
import { samplesPicture } from './pictures.js';
import { tellSamples } from './shown-samples.js';
import { textOf } from './texts.js';

/**
 * Reads or draws the samples, shuffles them by the data seed, cuts the splits, and writes them as
 * dataset-artifact.ts describes.
 *
 * @throws StageProblem for a file that is missing, damaged or another, and for splits that cannot be cut.
 */
export async function runDataset(context: StageContext<'dataset'>): Promise<void> {
  const { fields, output, emit, signal } = context;
  const source = await openDataset(fields);
  for (const message of source.notes ?? []) emit({ type: 'note', message });

  const splits = cutSplits(fields.splits, source.count);
  const order = new RandomStream({ seed: fields.seed, purpose: 'dataset/shuffle' }).permutation(source.count);
  const total = splits.reduce((sum, { count }) => sum + count, 0);
  let done = 0;
  for (const split of splits) {
    const positions = order.subarray(split.start, split.start + split.count);
    const parts = inParts(source, positions, (count) => {
      done += count;
      emit({ type: 'progress', done, total, unit: 'samples' });
      return !signal.aborted;
    });
    await writeSamples(output, split.name, source, split.count, parts);
    if (signal.aborted) return;
    const { labels } = source;
    if (labels !== undefined) {
      await writeLabels(
        output,
        split.name,
        positions.map((position) => labels[position] ?? 0),
      );
    }
  }
  await writeManifest(output, source, splits);
  await writeExamples(context, source, order.subarray(0, splits[0]?.count ?? 0));
}

async function openDataset(spec: RunnableFields['dataset']): Promise<SampleSource> {
  switch (spec.type) {
    case 'gaussian_mixture':
      return gaussianMixture(spec);
    case 'swiss_roll':
      return swissRoll(spec);
    case 'parallel_lines':
      return parallelLines(spec);
    case 'gaussian':
      return gaussian(spec);
    case 'shapes':
      return shapes(spec);
    case 'idx':
      return openIdx(spec);
    case 'cifar10':
      return openCifar10(spec);
    case 'image_folder':
      return openImageFolder(spec);
    case 'text':
      return openText(spec);
  }
}

const valuesAtOnce = 2 ** 22;
const samplesAtOnce = 1024;

/** The samples at these positions, some thousand values at a time, until `proceed` says to stop. */
async function* inParts(
  source: SampleSource,
  positions: Int32Array,
  proceed: (count: number) => boolean,
): AsyncGenerator<Float32Array | Uint8Array | Int32Array> {
  const count = Math.max(1, Math.min(samplesAtOnce, Math.floor(valuesAtOnce / sizeOf(source.shape))));
  for (let start = 0; start < positions.length; start += count) {
    const part = positions.subarray(start, start + count);
    yield await source.read(part);
    if (!proceed(part.length)) return;
  }
}

async function writeManifest(
  directory: string,
  source: SampleSource,
  splits: readonly SplitRange[],
): Promise<void> {
  await writeDatasetManifest(directory, {
    kind: source.kind,
    shape: source.shape,
    dtype: dtypes[source.kind],
    splits: Object.fromEntries(splits.map(({ name, count }) => [name, count])),
    ...(source.kind === 'points' && source.mixture !== undefined && { mixture: source.mixture }),
    ...(source.kind === 'points' &&
      source.distribution !== undefined && { distribution: source.distribution }),
    ...(source.kind === 'sequences' && { vocabulary: source.vocabulary }),
    ...(source.classes !== undefined && { classes: source.classes }),
  });
}

const dtypes = { points: 'float32', images: 'uint8', sequences: 'int32' } as const;

/** Points say something only in numbers; of images and texts, a page full is enough. */
const examples = { points: 1000, images: 64, sequences: 64 } as const;

async function writeExamples(
  context: StageContext<'dataset'>,
  source: SampleSource,
  positions: Int32Array,
): Promise<void> {
  const shown = positions.subarray(0, examples[source.kind]);
  if (source.kind === 'sequences') {
    const tokens = await source.read(shown);
    const [length] = source.shape;
    const text = textOf({ count: shown.length, length, tokens }, source.vocabulary);
    await tellSamples(context, { name: 'examples', step: 0, file: 'examples.txt' }, text);
    return;
  }
  const values = asSeenByNetworks(await source.read(shown));
  const picture = await samplesPicture({ shape: source.shape, count: shown.length, values });
  await tellSamples(context, { name: 'examples', step: 0, file: 'examples.png' }, picture);
}

import { mkdir } from 'node:fs/promises';

import { formatCount, plural } from '../base/format.js';
import { type StageContext, StageProblem } from '../execute/contract.js';
import { loadBackend } from '../tensor/backend.js';
import { memoryFault } from '../tensor/out-of-memory.js';
import type { FeatureNetwork } from '../tensor/user-models/feature-network.js';
import { firstLine, triedFinder } from '../tensor/user-models/found-features.js';
import type { Preparation } from '../tensor/user-models/prepared-images.js';
import {
  type ExtractorManifest,
  loadNetwork,
  networkIn,
  writeExtractorManifest,
} from './extractor-artifact.js';
import { keptGraphModel, keptSavedModel, problemOf } from './kept-networks.js';
import { networkField } from './model-files.js';
import { finderOf, takenBy } from './user-extractor.js';

/**
 * Checks the user's network, keeps what is needed of it as extractor-artifact.ts describes, and tries it on made-up images where
 * their size is known.
 *
 * @throws StageProblem where it is damaged, may do more than compute, or does not do what is said of it.
 */
export async function runExtractor(context: StageContext<'extractor'>): Promise<void> {
  const { fields, output, emit, signal } = context;
  const { network: given, round, grey, size, resize, mean, std, layout } = fields;
  const preparation: Preparation = { round, grey, size, resize, mean, std, layout };
  if (given.type === 'saved_model' && context.backend === 'cpu') {
    throw new StageProblem(
      'a SavedModel is computed by TensorFlow’s library, and this run computes in plain JavaScript',
      ['network', 'type'],
      'Run with `--backend native`, or convert the model to a `graph_model`.',
    );
  }
  await loadBackend(context.backend, fields.threads);
  await mkdir(networkIn(output));
  const kept =
    given.type === 'saved_model'
      ? await keptSavedModel(fields, given, networkIn(output), signal)
      : await keptGraphModel(fields, given, networkIn(output), signal);
  const manifest: ExtractorManifest = { kind: given.type, ...kept, preparation, batch: fields.batch_size };
  const network = await loaded(output, manifest);
  const { height, width, channels } = takenBy(network, preparation);
  refuseUnlike(network, fields, { height, channels });

  const sides = [size ?? height, size ?? width, channels] as const;
  const [high, wide, deep] = sides;
  if (high !== undefined && wide !== undefined && deep !== undefined) {
    // As they are after resizing: that needs no trial.
    const asTaken = { ...preparation, size: undefined, grey: 'refuse' } as const;
    const finder = finderOf(network, { preparation: asTaken, batch: 2 }, [high, wide, deep]);
    const found = triedFinder(finder);
    if (!found.ok) throw problemOf(found.error);
    const { features, classes } = found.value;
    emit({
      type: 'note',
      message: `The network finds ${plural(features, 'feature')}${classes === undefined ? '' : ` and logits of ${formatCount(classes)} classes`} in images of ${sides.join(' x ')}.`,
    });
  }
  await writeExtractorManifest(output, manifest);
}

async function loaded(output: string, manifest: ExtractorManifest): Promise<FeatureNetwork> {
  try {
    return await loadNetwork(output, manifest);
  } catch (error) {
    if (memoryFault(error) !== undefined) throw error;
    throw new StageProblem(
      `TensorFlow cannot load the network: ${firstLine(error)}`,
      networkField,
      'Look whether its files are whole, and load it where it comes from.',
    );
  }
}

/** What is said of images, where the network takes others. */
function refuseUnlike(
  { input }: FeatureNetwork,
  { size, mean, std }: StageContext<'extractor'>['fields'],
  { height, channels }: Readonly<Record<'height' | 'channels', number | undefined>>,
): void {
  if (input.shape.length !== 0 && input.shape.length !== 4) {
    throw new StageProblem(
      `\`${input.name}\` takes tensors of ${input.shape.length} dimensions, and images in batches have 4`,
      ['input'],
      'Export the model with an input of [batch, height, width, channels].',
    );
  }
  if (size !== undefined && height !== undefined && size !== height) {
    throw new StageProblem(
      `the network takes images of ${height} pixels, not of ${size}`,
      ['size'],
      `Write \`size: ${height}\`.`,
    );
  }
  for (const [field, values] of [
    ['mean', mean],
    ['std', std],
  ] as const) {
    if (values.length === 1 || channels === undefined || values.length === channels) continue;
    throw new StageProblem(
      `these are ${values.length} numbers, and the network takes images of ${plural(channels, 'channel')}`,
      [field],
      'Write one number, or one for each channel.',
    );
  }
  if (
    input.type === 'uint8' &&
    ![...mean, ...std.map((divisor) => divisor - 1)].every((value) => value === 0)
  ) {
    throw new StageProblem(
      'the network takes pixels in 8 bits, which are not to be scaled',
      ['mean'],
      'Leave out `mean` and `std`: a network with such an input scales pixels itself.',
    );
  }
}

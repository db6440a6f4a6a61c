import { StageProblem } from '../execute/contract.js';
import { memoryFault } from '../tensor/out-of-memory.js';
import type { ModelFault } from '../tensor/user-models/fault.js';
import type { FeatureNetwork } from '../tensor/user-models/feature-network.js';
import { type Finder, firstLine, foundFeatures, triedFinder } from '../tensor/user-models/found-features.js';
import type { Preparation } from '../tensor/user-models/prepared-images.js';
import { type ExtractorManifest, loadNetwork } from './extractor-artifact.js';
import type { Extractor } from './extractor-contract.js';

/**
 * The user's network of an extractor stage, for images of one shape.
 * @throws StageProblem at the `extractor` of the stage that measures, where it does not take them.
 */
export async function openUserExtractor(
  directory: string,
  manifest: ExtractorManifest,
  shape: readonly number[],
): Promise<Extractor> {
  const [height, width, channels] = shape;
  if (height === undefined || width === undefined || channels === undefined) {
    throw new StageProblem(
      `the extractor takes images, and those measured are samples of ${shape.join(' x ')}`,
      ['extractor'],
      'Use a classifier stage, which learns any samples but text.',
    );
  }
  const network = await loaded(directory, manifest);
  const finder = finderOf(network, manifest, [height, width, channels]);
  refuseOther(finder);
  const sizes = triedFinder(finder);
  if (!sizes.ok) throw asProblem(sizes.error);
  return {
    features: sizes.value.features,
    classes: sizes.value.classes ?? 0,
    of: (values) => {
      const found = foundFeatures(finder, sizes.value, values);
      if (!found.ok) throw asProblem(found.error);
      return found.value;
    },
  };
}

async function loaded(directory: string, manifest: ExtractorManifest): Promise<FeatureNetwork> {
  try {
    return await loadNetwork(directory, manifest);
  } catch (error) {
    if (memoryFault(error) !== undefined) throw error;
    throw new StageProblem(`the extractor’s network cannot be loaded: ${firstLine(error)}`, ['extractor']);
  }
}

/** A batch as large as the network wants it, or as large as was said. */
export function finderOf(
  network: FeatureNetwork,
  { preparation, batch }: Pick<ExtractorManifest, 'preparation' | 'batch'>,
  shape: Finder['shape'],
): Finder {
  return { network, preparation, shape, batch: network.input.shape[0] ?? batch };
}

/**
 * Sizes that the network takes, by the signature: undefined where that leaves them open. Open channels are as many as there are
 * numbers for one each.
 */
export function takenBy(
  { input }: FeatureNetwork,
  { layout, mean, std }: Pick<Preparation, 'layout' | 'mean' | 'std'>,
): Readonly<Record<'height' | 'width' | 'channels', number | undefined>> {
  const [, first, second, third] = input.shape;
  const [height, width, channels] = layout === 'nhwc' ? [first, second, third] : [second, third, first];
  const told = [mean, std].find(({ length }) => length > 1)?.length;
  return { height, width, channels: channels ?? told };
}

function refuseOther({ network, preparation, shape: [height, width, channels] }: Finder): void {
  const { size, grey } = preparation;
  const taken = takenBy(network, preparation);
  const given = {
    height: size ?? height,
    width: size ?? width,
    channels: channels === 1 && grey === 'repeat' ? 3 : channels,
  };
  if (
    (['height', 'width', 'channels'] as const).every((side) => (taken[side] ?? given[side]) === given[side])
  )
    return;
  const sides = ({ height: h, width: w, channels: c }: typeof taken) =>
    [h, w, c].map((side) => side ?? 'any').join(' x ');
  const isGrey = channels === 1 && taken.channels === 3;
  throw new StageProblem(
    `the extractor takes images of ${sides(taken)}, and those measured are ${sides(given)}`,
    ['extractor'],
    isGrey && grey === 'refuse'
      ? 'Say `grey: repeat` in the extractor stage, and it sees three equal channels.'
      : size === undefined &&
          taken.height !== undefined &&
          taken.height === taken.width &&
          given.channels === taken.channels
        ? `Say \`size: ${taken.height}\` in the extractor stage, and images are resized for it.`
        : 'Use an extractor of images of these channels and sizes.',
  );
}

function asProblem({ message, help, at }: ModelFault): StageProblem {
  const what = at === 'path' ? 'network' : at;
  return new StageProblem(`the extractor’s ${what}: ${message}`, ['extractor'], help);
}

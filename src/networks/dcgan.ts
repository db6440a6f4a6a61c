import { err, ok, type Result } from '../base/result.js';
import { sizeOf } from '../base/shape.js';
import type { Initialiser } from './initialisers.js';
import {
  activation,
  flatten,
  type Layer,
  type Norm,
  normOrNone,
  type PlainLayer,
  reshape,
} from './layers.js';
import type { SampleShape } from './shape.js';

/** The sizes that a DCGAN's images pass through. */
export interface Pyramid {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** How often the resolution is halved. */
  readonly halvings: number;
}

/**
 * Sides are halved while both halves are whole numbers of at least 4: 64, 32 and 16 end at 4x4 as in the
 * reference code, 28 ends at 7x7.
 */
export function pyramidOf(sample: SampleShape): Result<Pyramid, string> {
  const [fullHeight, fullWidth, channels] = sample;
  if (fullHeight === undefined || fullWidth === undefined || channels === undefined) {
    return err(
      `a DCGAN works on images, and these samples are ${sample.length === 2 ? 'sequences' : 'points'}`,
    );
  }
  let [height, width, halvings] = [fullHeight, fullWidth, 0];
  const halves = (side: number) => side % 2 === 0 && side / 2 >= 4;
  while (halves(height) && halves(width)) {
    [height, width, halvings] = [height / 2, width / 2, halvings + 1];
  }
  if (halvings === 0) {
    return err(
      `a DCGAN halves the sides of its images, and ${fullHeight}x${fullWidth} pixels cannot be halved to 4 or more`,
    );
  }
  return ok({ height, width, channels, halvings });
}

interface DcganOptions {
  readonly norm: Norm;
  /** Convolutions more, at half of the full resolution: none if not given. */
  readonly extra_layers?: number;
}

/** `weights_init` of the reference code. As there, no layer has a bias, with or without batch norm. */
const weights = { bias: false, initial: { type: 'normal', std: 0.02 } } as const satisfies {
  initial: Initialiser;
  bias: boolean;
};

const doubling = (name: string, channels: number): PlainLayer => ({
  type: 'conv_transpose',
  name,
  channels,
  kernel: 4,
  ...weights,
});

/** What halves an image's sides: a 4x4 convolution with stride 2, as `DCGAN_D` of the reference code has it. */
export const halving = (
  name: string,
  channels: number,
  initial: Initialiser = weights.initial,
): PlainLayer => ({
  type: 'conv',
  name,
  channels,
  kernel: 4,
  stride: 2,
  bias: false,
  initial,
});

/**
 * `DCGAN_G` (norm: batch) and `DCGAN_G_nobn` (none). The first transposed convolution sees one pixel, so it is a matrix product.
 */
export function dcganGenerator(
  options: DcganOptions & { readonly ngf: number },
  { height, width, channels, halvings }: Pyramid,
): readonly Layer[] {
  let current = options.ngf * 2 ** (halvings - 1);
  const base = [height, width, current];
  const layers: Layer[] = [
    { type: 'dense', name: 'project', units: sizeOf(base), ...weights },
    reshape(base),
    ...normOrNone(options.norm, 'norm1'),
    activation('relu'),
  ];
  for (let level = 2; level <= halvings; level += 1) {
    current /= 2;
    layers.push(
      doubling(`conv${level}`, current),
      ...normOrNone(options.norm, `norm${level}`),
      activation('relu'),
    );
  }
  return [...layers, ...extraLayers(options, current, 'relu'), doubling('output', channels)];
}

/** 3x3 convolutions between channels of one number: `n_extra_layers` of the reference code. */
function extraLayers(
  { norm, extra_layers: count = 0 }: DcganOptions,
  channels: number,
  after: 'relu' | 'leaky_relu',
): readonly Layer[] {
  return Array.from({ length: count }, (_, index) => index + 1).flatMap((index): readonly Layer[] => [
    { type: 'conv', name: `extra${index}`, channels, kernel: 3, stride: 1, ...weights },
    ...normOrNone(norm, `extra_norm${index}`),
    activation(after),
  ]);
}

/**
 * `DCGAN_D` of the reference code: no norm after the first convolution, no biases, not even in the last layer,
 * whose convolution over the whole remaining image is a matrix product.
 */
export function dcganCritic(
  options: DcganOptions & { readonly ndf: number },
  { halvings }: Pyramid,
): readonly Layer[] {
  const levels = Array.from({ length: halvings }, (_, index) => index + 1);
  return [
    ...levels.flatMap((level): readonly Layer[] => {
      const channels = options.ndf * 2 ** (level - 1);
      return [
        halving(`conv${level}`, channels),
        ...(level > 1 ? normOrNone(options.norm, `norm${level}`) : []),
        activation('leaky_relu'),
        ...(level === 1 ? extraLayers(options, channels, 'leaky_relu') : []),
      ];
    }),
    flatten,
    { type: 'dense', name: 'output', units: 1, ...weights },
  ];
}

import { err, ok, type Result } from '../base/result.js';
import { sizeOf } from '../base/shape.js';
import { convolution } from './convolution.js';
import {
  activation,
  dense,
  doublingConvolution,
  halvingConvolution,
  type Norm,
  normLayers,
  reshape,
} from './layers.js';
import type { Layer, SampleShape } from './network.js';
import type { Initial } from './parameters.js';

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

/** `weights_init` of the reference code. */
const dcganInitial: Initial = { type: 'normal', mean: 0, std: 0.02 };

/**
 * `DCGAN_G` (norm: batch) and `DCGAN_G_nobn` (none). As there, no convolution has a bias, with or without
 * batch norm. The first transposed convolution sees one pixel, so it is a matrix product.
 */
export function dcganGenerator(
  options: DcganOptions & { readonly z_dim: number; readonly ngf: number },
  { height, width, channels, halvings }: Pyramid,
): Layer[] {
  const norm = (name: string, units: number) => normLayers(options.norm, name, units);
  let current = options.ngf * 2 ** (halvings - 1);
  const base = [height, width, current];
  const layers: Layer[] = [
    dense({
      name: 'project',
      inputs: options.z_dim,
      units: sizeOf(base),
      initial: dcganInitial,
      bias: false,
    }),
    reshape(base),
    ...norm('norm1', current),
    activation('relu'),
  ];
  for (let level = 1; level < halvings; level += 1) {
    const next = current / 2;
    layers.push(
      doublingConvolution({
        name: `conv${level + 1}`,
        channelsIn: current,
        channelsOut: next,
        initial: dcganInitial,
      }),
      ...norm(`norm${level + 1}`, next),
      activation('relu'),
    );
    current = next;
  }
  layers.push(
    ...extraLayers(options, current, 'relu'),
    doublingConvolution({
      name: 'output',
      channelsIn: current,
      channelsOut: channels,
      initial: dcganInitial,
    }),
  );
  return layers;
}

/** 3x3 convolutions between channels of one number: `n_extra_layers` of the reference code. */
function extraLayers(
  { norm, extra_layers: count = 0 }: DcganOptions,
  channels: number,
  after: 'relu' | 'leaky_relu',
): readonly Layer[] {
  return Array.from({ length: count }, (_, index) => index + 1).flatMap((index) => [
    convolution({
      name: `extra${index}`,
      size: [3, 3],
      channelsIn: channels,
      channelsOut: channels,
      initial: () => dcganInitial,
      bias: false,
    }),
    ...normLayers(norm, `extra_norm${index}`, channels),
    activation(after),
  ]);
}

/**
 * `DCGAN_D` of the reference code: no norm after the first convolution, no biases, not even in the last layer,
 * whose convolution over the whole remaining image is a matrix product.
 */
export function dcganCritic(
  options: DcganOptions & { readonly ndf: number },
  { height, width, channels, halvings }: Pyramid,
): Layer[] {
  const layers: Layer[] = [];
  let current = channels;
  for (let level = 1; level <= halvings; level += 1) {
    const next = options.ndf * 2 ** (level - 1);
    layers.push(
      halvingConvolution({
        name: `conv${level}`,
        channelsIn: current,
        channelsOut: next,
        initial: dcganInitial,
      }),
      ...(level > 1 ? normLayers(options.norm, `norm${level}`, next) : []),
      activation('leaky_relu'),
      ...(level === 1 ? extraLayers(options, next, 'leaky_relu') : []),
    );
    current = next;
  }
  layers.push(
    dense({
      name: 'output',
      inputs: height * width * current,
      units: 1,
      initial: dcganInitial,
      bias: false,
    }),
  );
  return layers;
}

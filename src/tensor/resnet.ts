import { err, ok, type Result } from '../base/result.js';
import { convolution } from './convolution.js';
import { glorot, type InitialOf, twiceGlorot } from './initials.js';
import { activation, dense, normLayers, type Norm, pointwise, reshape } from './layers.js';
import type { Layer, SampleShape } from './network.js';
import { blockMeans, imageMeans, repeatedPixels } from './pooling.js';
import { residual } from './residual.js';

export type ResnetLayout = 'cifar' | 'imagenet';

/** Square images whose side is `smallest` times a power of two. */
export interface ResnetImages {
  readonly channels: number;
  /** How often the side is halved down to `smallest`. */
  readonly halvings: number;
}

const smallest = 4;

export function resnetImagesOf(sample: SampleShape): Result<ResnetImages, string> {
  const [height, width, channels] = sample;
  if (height === undefined || width === undefined || channels === undefined) {
    return err(
      `a ResNet works on images, and these samples are ${sample.length === 2 ? 'sequences' : 'points'}`,
    );
  }
  const halvings = Math.log2(height / smallest);
  return height === width && Number.isInteger(halvings) && halvings >= 1
    ? ok({ channels, halvings })
    : err(
        `a ResNet works on square images of a power of two from 8 on, and these have ${height}x${width} pixels`,
      );
}

interface Options {
  readonly layout: ResnetLayout;
  readonly norm: Norm;
}

/** Channels at most, in multiples of those at full resolution. */
const mostMultiples = 8;

/**
 * The generators of improved_wgan_training (arXiv 1704.00028), whose weights are drawn as there. `cifar`:
 * gan_cifar_resnet.py, with ngf = 128 channels everywhere. `imagenet`: `GoodGenerator` of gan_64x64.py, with ngf = 64 channels
 * at full resolution, and twice as many at each halving of it, up to 8 times.
 */
export function resnetGenerator(
  { z_dim: latent, ngf, layout, norm }: Options & { readonly z_dim: number; readonly ngf: number },
  { channels, halvings }: ResnetImages,
): Layer[] {
  const widths = Array.from(
    { length: halvings + 1 },
    (_, block) => ngf * multipleOf(layout, halvings - block),
  );
  const first = widths[0] ?? ngf;
  return [
    linear('project', latent, smallest ** 2 * first),
    reshape([smallest, smallest, first]),
    ...blocksAlong(widths, { layout, norm, resample: 'up' }),
    ...normLayers(norm, 'norm', ngf),
    activation('relu'),
    convolution3x3('output', ngf, channels, glorot),
  ];
}

/** Blocks of `cifar` critics, and those of them that halve the resolution. */
const [cifarBlocks, cifarHalvings] = [4, 2];

/**
 * The critics that go with them. `cifar`: four blocks, of which the first two halve the resolution, a mean over all pixels and a
 * linear unit. `imagenet`: `GoodDiscriminator`, whose blocks halve the resolution down to 4x4.
 */
export function resnetCritic(
  { ndf, layout, norm }: Options & { readonly ndf: number },
  { channels, halvings }: ResnetImages,
): Layer[] {
  if (layout === 'cifar') {
    const others = Array.from({ length: cifarBlocks - 1 }, (_, index) => {
      const resample = index + 1 < Math.min(cifarHalvings, halvings) ? 'down' : 'none';
      return block({ name: `block${index + 2}`, layout, norm, from: ndf, to: ndf, resample });
    });
    return [
      firstBlock('block1', channels, ndf),
      ...others,
      activation('relu'),
      pointwise(imageMeans),
      linear('output', ndf, 1),
    ];
  }
  const widths = Array.from({ length: halvings + 1 }, (_, block) => ndf * multipleOf(layout, block));
  const last = widths.at(-1) ?? ndf;
  return [
    convolution3x3('input', channels, ndf, glorot),
    ...blocksAlong(widths, { layout, norm, resample: 'down' }),
    linear('output', smallest ** 2 * last, 1),
  ];
}

/** Of the channels at full resolution, after so many halvings. */
function multipleOf(layout: ResnetLayout, halvings: number): number {
  return layout === 'cifar' ? 1 : Math.min(mostMultiples, 2 ** halvings);
}

interface Block extends Options {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly resample: 'up' | 'down' | 'none';
}

/** A block from each number of channels to the next. */
function blocksAlong(
  widths: readonly number[],
  options: Pick<Block, 'layout' | 'norm' | 'resample'>,
): readonly Layer[] {
  return widths
    .slice(1)
    .map((to, index) => block({ ...options, name: `block${index + 1}`, from: widths[index] ?? to, to }));
}

/** `ResidualBlock`: norm, ReLU, 3x3 convolution, and again, beside a 1x1 convolution or the input itself. */
function block({ name, layout, norm, from, to, resample }: Block): Layer {
  const inner = resample === 'down' ? from : to;
  const up = resample === 'up' ? [pointwise(repeatedPixels)] : [];
  const down = resample === 'down' ? [pointwise(blockMeans)] : [];
  const projects = resample !== 'none' || from !== to;
  return residual({
    layers: [
      ...normLayers(norm, `${name}/norm1`, from),
      activation('relu'),
      ...up,
      convolution3x3(`${name}/conv1`, from, inner, twiceGlorot, layout === 'cifar'),
      ...normLayers(norm, `${name}/norm2`, inner),
      activation('relu'),
      convolution3x3(`${name}/conv2`, inner, to, twiceGlorot),
      ...down,
    ],
    // A 1x1 convolution and a change of the resolution may be exchanged: it is made where there are fewer pixels.
    shortcut: projects ? [...down, projection(name, from, to), ...up] : [],
  });
}

/** `OptimizedResBlockDisc1`: the images have no norm and no ReLU before them. */
function firstBlock(name: string, from: number, to: number): Layer {
  return residual({
    layers: [
      convolution3x3(`${name}/conv1`, from, to, twiceGlorot),
      activation('relu'),
      convolution3x3(`${name}/conv2`, to, to, twiceGlorot),
      pointwise(blockMeans),
    ],
    shortcut: [pointwise(blockMeans), projection(name, from, to)],
  });
}

function projection(name: string, channelsIn: number, channelsOut: number): Layer {
  return convolution({
    name: `${name}/shortcut`,
    size: [1, 1],
    channelsIn,
    channelsOut,
    initial: glorot,
    bias: true,
  });
}

function convolution3x3(
  name: string,
  channelsIn: number,
  channelsOut: number,
  initial: InitialOf,
  bias = true,
): Layer {
  return convolution({ name, size: [3, 3], channelsIn, channelsOut, initial, bias });
}

/** As improved_wgan_training draws them, with a bias of 0. */
export function linear(name: string, inputs: number, units: number): Layer {
  const initial = glorot(inputs, units);
  return dense({ name, inputs, units, initial, biasInitial: { type: 'constant', value: 0 }, bias: true });
}

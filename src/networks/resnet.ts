import { err, ok, type Result } from '../base/result.js';
import type { Initialiser } from './initialisers.js';
import {
  activation,
  type DenseLayer,
  flatten,
  type Layer,
  type Norm,
  normOrNone,
  type PlainLayer,
  reshape,
} from './layers.js';
import type { SampleShape } from './shape.js';

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
  { ngf, layout, norm }: Options & { readonly ngf: number },
  { channels, halvings }: ResnetImages,
): readonly Layer[] {
  const widths = Array.from(
    { length: halvings + 1 },
    (_, block) => ngf * multipleOf(layout, halvings - block),
  );
  const first = widths[0] ?? ngf;
  return [
    glorotLinear('project', smallest ** 2 * first),
    reshape([smallest, smallest, first]),
    ...blocksAlong(widths, { layout, norm, resample: 'up' }),
    ...normOrNone(norm, 'norm'),
    activation('relu'),
    convolution3x3('output', channels, glorot),
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
  { halvings }: ResnetImages,
): readonly Layer[] {
  if (layout === 'cifar') {
    const others = Array.from({ length: cifarBlocks - 1 }, (_, index) => {
      const resample = index + 1 < Math.min(cifarHalvings, halvings) ? 'down' : 'none';
      return block({ name: `block${index + 2}`, layout, norm, from: ndf, to: ndf, resample });
    });
    return [
      firstBlock('block1', ndf),
      ...others,
      activation('relu'),
      { type: 'global_mean_pool' },
      glorotLinear('output', 1),
    ];
  }
  const widths = Array.from({ length: halvings + 1 }, (_, block) => ndf * multipleOf(layout, block));
  return [
    convolution3x3('input', ndf, glorot),
    ...blocksAlong(widths, { layout, norm, resample: 'down' }),
    flatten,
    glorotLinear('output', 1),
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

const halved = { type: 'mean_pool' } as const;

/** `ResidualBlock`: norm, ReLU, 3x3 convolution, and again, beside a 1x1 convolution or the input itself. */
function block({ name, layout, norm, from, to, resample }: Block): Layer {
  const up = resample === 'up' ? [{ type: 'upsample' } as const] : [];
  const down = resample === 'down' ? [halved] : [];
  const projects = resample !== 'none' || from !== to;
  return {
    type: 'residual',
    name,
    layers: [
      ...normOrNone(norm, 'norm1'),
      activation('relu'),
      ...up,
      convolution3x3('conv1', resample === 'down' ? from : to, twiceGlorot, layout === 'cifar'),
      ...normOrNone(norm, 'norm2'),
      activation('relu'),
      convolution3x3('conv2', to, twiceGlorot),
      ...down,
    ],
    // A 1x1 convolution and a change of the resolution may be exchanged: it is made where there are fewer pixels.
    shortcut: projects ? [...down, projection(to), ...up] : [],
    scale: 1,
  };
}

/** `OptimizedResBlockDisc1`: the images have no norm and no ReLU before them. */
function firstBlock(name: string, to: number): Layer {
  return {
    type: 'residual',
    name,
    layers: [
      convolution3x3('conv1', to, twiceGlorot),
      activation('relu'),
      convolution3x3('conv2', to, twiceGlorot),
      halved,
    ],
    shortcut: [halved, projection(to)],
    scale: 1,
  };
}

const glorot: Initialiser = { type: 'glorot_uniform', scale: 1 };

/** For what a ReLU follows on: `he_init` of improved_wgan_training. */
export const twiceGlorot: Initialiser = { type: 'glorot_uniform', scale: 2 };

const projection = (channels: number): PlainLayer => ({
  type: 'conv',
  name: 'shortcut',
  channels,
  kernel: 1,
  stride: 1,
  bias: true,
  initial: glorot,
});

function convolution3x3(name: string, channels: number, initial: Initialiser, bias = true): PlainLayer {
  return { type: 'conv', name, channels, kernel: 3, stride: 1, bias, initial };
}

/** As improved_wgan_training draws them, with a bias of 0. */
export function glorotLinear(name: string, units: number): DenseLayer {
  return { type: 'dense', name, units, bias: true, initial: glorot };
}

import { err, ok, type Result } from '../base/result.js';
import {
  activation,
  flatten,
  type Layer,
  type Norm,
  normOrNone,
  type PlainLayer,
  reshape,
} from './layers.js';
import { glorotLinear, twiceGlorot } from './resnet.js';
import type { SampleShape } from './shape.js';

/** Sequences as networks see them: at each position a distribution over the tokens of a vocabulary. */
export interface SequenceShape {
  readonly length: number;
  readonly tokens: number;
}

export function sequenceOf(sample: SampleShape): Result<SequenceShape, string> {
  const [length, tokens] = sample;
  return sample.length === 2 && length !== undefined && tokens !== undefined
    ? ok({ length, tokens })
    : err(
        `a 1-D residual network works on sequences, and these samples are ${sample.length === 1 ? 'points' : 'images'}`,
      );
}

/** Tokens that a convolution sees at once. */
const reach = 5;

/** What a block's change of its input is multiplied by. */
const blockScale = 0.3;

interface Blocks {
  readonly width: number;
  readonly blocks: number;
}

/**
 * The generator of improved_wgan_training's gan_language.py (arXiv 1704.00028, section 5.3), which has 5 blocks of
 * 512 channels and 128 latent variables. Weights are drawn as there.
 */
export function resnet1dGenerator(
  { width, blocks }: Blocks,
  { length, tokens }: SequenceShape,
): readonly Layer[] {
  return [
    glorotLinear('project', length * width),
    reshape([1, length, width]),
    ...residualBlocks({ width, blocks }, 'none'),
    convolution('output', tokens, 1),
    reshape([length, tokens]),
    activation('softmax'),
  ];
}

/** The critic that goes with it, which has no norm there. */
export function resnet1dCritic(
  { width, blocks, norm }: Blocks & { readonly norm: Norm },
  { length, tokens }: SequenceShape,
): readonly Layer[] {
  return [
    reshape([1, length, tokens]),
    convolution('input', width, 1),
    ...residualBlocks({ width, blocks }, norm),
    flatten,
    glorotLinear('output', 1),
  ];
}

/** x + 0.3 f(x), f being twice a ReLU and a convolution; a norm stands before the ReLU. */
function residualBlocks({ width, blocks }: Blocks, norm: Norm): readonly Layer[] {
  const half = (part: number): readonly PlainLayer[] => [
    ...normOrNone(norm, `norm${part}`),
    activation('relu'),
    convolution(`conv${part}`, width, reach),
  ];
  return Array.from({ length: blocks }, (_, index) => ({
    type: 'residual',
    name: `block${index + 1}`,
    layers: [...half(1), ...half(2)],
    shortcut: [],
    scale: blockScale,
  }));
}

function convolution(name: string, channels: number, kernel: number): PlainLayer {
  return { type: 'conv', name, channels, kernel, stride: 1, bias: true, initial: twiceGlorot };
}

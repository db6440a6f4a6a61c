import { err, ok, type Result } from '../base/result.js';
import { convolution } from './convolution.js';
import { twiceGlorot } from './initials.js';
import { activation, normLayers, type Norm, reshape, softmax } from './layers.js';
import type { Layer, SampleShape } from './network.js';
import { linear } from './resnet.js';
import { residual } from './residual.js';

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
  { z_dim: latent, width, blocks }: Blocks & { readonly z_dim: number },
  { length, tokens }: SequenceShape,
): Layer[] {
  return [
    linear('project', latent, length * width),
    reshape([1, length, width]),
    ...residualBlocks({ width, blocks }, 'none'),
    pointwiseConvolution('output', width, tokens),
    reshape([length, tokens]),
    softmax,
  ];
}

/** The critic that goes with it, which has no norm there. */
export function resnet1dCritic(
  { width, blocks, norm }: Blocks & { readonly norm: Norm },
  { length, tokens }: SequenceShape,
): Layer[] {
  return [
    reshape([1, length, tokens]),
    pointwiseConvolution('input', tokens, width),
    ...residualBlocks({ width, blocks }, norm),
    linear('output', length * width, 1),
  ];
}

/** x + 0.3 f(x), f being twice a ReLU and a convolution; a norm stands before the ReLU. */
function residualBlocks({ width, blocks }: Blocks, norm: Norm): readonly Layer[] {
  return Array.from({ length: blocks }, (_, index) => {
    const name = `block${index + 1}`;
    const half = (part: number): readonly Layer[] => [
      ...normLayers(norm, `${name}/norm${part}`, width),
      activation('relu'),
      convolution({
        name: `${name}/conv${part}`,
        size: [1, reach],
        channelsIn: width,
        channelsOut: width,
        initial: twiceGlorot,
        bias: true,
      }),
    ];
    return residual({ layers: [...half(1), ...half(2)], scale: blockScale });
  });
}

function pointwiseConvolution(name: string, channelsIn: number, channelsOut: number): Layer {
  return convolution({ name, size: [1, 1], channelsIn, channelsOut, initial: twiceGlorot, bias: true });
}

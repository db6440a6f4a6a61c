import { err, ok, type Result } from '../base/result.js';
import { declaredTensor } from './constants.js';
import { convolution } from './convolution.js';
import { he } from './initials.js';
import { activation, normLayers, type Norm, pointwise } from './layers.js';
import { linear } from './mlp.js';
import type { Layer, SampleShape } from './network.js';
import { imageMeans } from './pooling.js';
import { residual } from './residual.js';
import * as tf from './tf.js';

export type ResnetDepth = 20 | 32 | 44 | 56 | 110 | 152;

interface DeepResnetOptions {
  /** Of layers with weights: 6n + 2. */
  readonly depth: ResnetDepth;
  /** Channels at full resolution; twice as many at each halving of it. */
  readonly width: number;
  readonly norm: Norm;
  /** What a block's change of its input is multiplied by. */
  readonly residual_scale: number;
}

/** Of stages, between which the resolution is halved. */
const stages = 3;

/** The channels of images that the critic halves twice; or why it cannot. */
export function deepResnetChannels(sample: SampleShape): Result<number, string> {
  const [height, width, channels] = sample;
  if (height === undefined || width === undefined || channels === undefined) {
    return err(
      `a ResNet works on images, and these samples are ${sample.length === 2 ? 'sequences' : 'points'}`,
    );
  }
  return height % 4 === 0 && width % 4 === 0
    ? ok(channels)
    : err(`a ResNet of depth 6n + 2 halves sides twice, and ${height}x${width} pixels cannot be`);
}

/**
 * The ResNets for CIFAR-10 of He et al. 2015, "Deep Residual Learning for Image Recognition", section 4.2, with one
 * linear unit in place of the classifier's ten: a 3x3 convolution, three stages of n blocks of two, a mean over all pixels. Shortcuts
 * have no weights (their option A). Convolutions have a bias where there is no norm. Without one, the values' variance doubles with each
 * block, which `residual_scale` is against. TensorFlow's padding where the stride is 2.
 */
export function deepResnetCritic(
  { depth, width, norm, residual_scale: scale }: DeepResnetOptions,
  channels: number,
): Layer[] {
  const blocks = (depth - 2) / (2 * stages);
  const layer = (
    name: string,
    channelsIn: number,
    channelsOut: number,
    stride: 1 | 2 = 1,
  ): readonly Layer[] => [
    convolution({
      name: `${name}/conv`,
      size: [3, 3],
      channelsIn,
      channelsOut,
      stride,
      initial: he,
      bias: norm === 'none',
    }),
    ...normLayers(norm, `${name}/norm`, channelsOut),
  ];
  const layers: Layer[] = [...layer('input', channels, width), activation('relu')];
  let current = width;
  for (let stage = 1; stage <= stages; stage += 1) {
    for (let block = 1; block <= blocks; block += 1) {
      const name = `stage${stage}/block${block}`;
      const halves = stage > 1 && block === 1;
      const next = halves ? 2 * current : current;
      layers.push(
        residual({
          layers: [
            ...layer(`${name}/1`, current, next, halves ? 2 : 1),
            activation('relu'),
            ...layer(`${name}/2`, next, next),
          ],
          shortcut: halves ? [everySecondPixel(current, next)] : [],
          scale,
        }),
        activation('relu'),
      );
      current = next;
    }
  }
  return [...layers, pointwise(imageMeans), linear('output', current, 1)];
}

/** Every second pixel of every second row, and zeros in the channels that are new: a 1x1 convolution by a constant. */
function everySecondPixel(channelsIn: number, channelsOut: number): Layer {
  const identity = new Float32Array(channelsIn * channelsOut);
  for (let channel = 0; channel < channelsIn; channel += 1) identity[channel * channelsOut + channel] = 1;
  return pointwise((input) =>
    tf.conv2d(input as tf.Tensor4D, declaredTensor(identity, [1, 1, channelsIn, channelsOut]), 2, 'same'),
  );
}

import { err, ok, type Result } from '../base/result.js';
import { activation, type Layer, type Norm, normOrNone, type PlainLayer } from './layers.js';
import { linear } from './mlp.js';
import type { SampleShape } from './shape.js';

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

/** Whether these are images that the critic can halve twice; or why not. */
export function deepResnetSuits(sample: SampleShape): Result<undefined, string> {
  const [height, width] = sample;
  if (height === undefined || width === undefined || sample.length !== 3) {
    return err(
      `a ResNet works on images, and these samples are ${sample.length === 2 ? 'sequences' : 'points'}`,
    );
  }
  return height % 4 === 0 && width % 4 === 0
    ? ok(undefined)
    : err(`a ResNet of depth 6n + 2 halves sides twice, and ${height}x${width} pixels cannot be`);
}

/**
 * The ResNets for CIFAR-10 of He et al. 2015, "Deep Residual Learning for Image Recognition", section 4.2, with one
 * linear unit in place of the classifier's ten: a 3x3 convolution, three stages of n blocks of two, a mean over all pixels. Shortcuts
 * have no weights (their option A). Convolutions have a bias where there is no norm. Without one, the values' variance doubles with each
 * block, which `residual_scale` is against. TensorFlow's padding where the stride is 2.
 */
export function deepResnetCritic({
  depth,
  width,
  norm,
  residual_scale: scale,
}: DeepResnetOptions): readonly Layer[] {
  const blocks = (depth - 2) / (2 * stages);
  const layer = (name: string, channels: number, stride: 1 | 2 = 1): readonly PlainLayer[] => [
    {
      type: 'conv',
      name: `${name}/conv`,
      channels,
      kernel: 3,
      stride,
      bias: norm === 'none',
      initial: { type: 'he_normal', scale: 1 },
    },
    ...normOrNone(norm, `${name}/norm`),
  ];
  const layers: Layer[] = [...layer('input', width), activation('relu')];
  for (let stage = 1; stage <= stages; stage += 1) {
    const channels = width * 2 ** (stage - 1);
    for (let block = 1; block <= blocks; block += 1) {
      const halves = stage > 1 && block === 1;
      layers.push(
        {
          type: 'residual',
          name: `stage${stage}/block${block}`,
          layers: [...layer('1', channels, halves ? 2 : 1), activation('relu'), ...layer('2', channels)],
          shortcut: halves ? [{ type: 'subsample', channels }] : [],
          scale,
        },
        activation('relu'),
      );
    }
  }
  return [...layers, { type: 'global_mean_pool' }, linear('output', 1)];
}

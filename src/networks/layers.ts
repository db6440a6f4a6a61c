import type { Initialiser } from './initialisers.js';

export type Activation = 'relu' | 'leaky_relu' | 'tanh' | 'sigmoid' | 'softmax';

export type NormKind = 'batch' | 'layer' | 'instance' | 'group';
export type Norm = 'none' | NormKind;

/** Layers with weights have a name, by which their parameters are called; without one they are numbered. */
interface Named {
  readonly name?: string;
}

interface Weighted extends Named {
  /** False: no bias at all. */
  readonly bias: boolean;
  /** Biases are drawn as the weights are, and do not begin as 0. */
  readonly biasAsWeights?: true;
  /** Without it, that of the network. */
  readonly initial?: Initialiser;
}

/**
 * A layer as it is declared: its weights are of the size that what is given to it asks for. Images are NHWC; a sequence is an image
 * of one row, and there kernels are of one row, too.
 */
export type PlainLayer =
  | DenseLayer
  | ConvLayer
  | ConvTransposeLayer
  | NormLayer
  | ActivationLayer
  | ReshapeLayer
  | SubsampleLayer
  | ParallelLineLayer
  | LocationScaleLayer
  | ClassEmbeddingLayer
  /** To one vector. */
  | { readonly type: 'flatten' }
  /** Each pixel as a block of 2x2. */
  | { readonly type: 'upsample' }
  /** The mean of each block of 2x2 pixels. */
  | { readonly type: 'mean_pool' }
  /** The mean of all pixels: one value a channel. */
  | { readonly type: 'global_mean_pool' };

export type Layer = PlainLayer | ResidualLayer;

/** y = x W + b, of a vector. */
export interface DenseLayer extends Weighted {
  readonly type: 'dense';
  readonly units: number;
  /**
   * Of a critic that is told the class of each sample: the one unit is x W + b + <x, V[class]>, with a vector for each class. This is
   * the projection of Miyato and Koyama 2018, arXiv 1802.05637, equation 3.
   */
  readonly classes?: number;
}

/** With `same` padding, as TensorFlow pads: where the stride is 2 and sides are even, a 3x3 kernel has its margin below and to the right. */
export interface ConvLayer extends Weighted {
  readonly type: 'conv';
  readonly channels: number;
  /** Side of the kernel. */
  readonly kernel: number;
  readonly stride: 1 | 2;
}

/** The transpose of a convolution of stride 2: doubles the sides. */
export interface ConvTransposeLayer extends Weighted {
  readonly type: 'conv_transpose';
  readonly channels: number;
  readonly kernel: number;
}

/** See the layers of the same names in `tensor`. */
export interface NormLayer extends Named {
  readonly type: 'norm';
  readonly norm: NormKind;
  /** Each class has a scale and an offset of its own: Dumoulin et al. 2017, arXiv 1610.07629, equation 5. */
  readonly classes?: number;
}

/** Behind a vector, that of the sample's class. */
export interface ClassEmbeddingLayer extends Named {
  readonly type: 'class_embedding';
  readonly classes: number;
  readonly dimensions: number;
}

export interface ActivationLayer {
  readonly type: 'activation';
  readonly activation: Activation;
}

export interface ReshapeLayer {
  readonly type: 'reshape';
  readonly shape: readonly number[];
}

/** Every second pixel of every second row, and zeros in the channels that are new: He et al. 2015, section 3.3, option A. */
export interface SubsampleLayer {
  readonly type: 'subsample';
  readonly channels: number;
}

/** From one value z of N(0, 1) to (theta, Phi(z)), which is uniform on a line: arXiv 1701.07875, Example 1. `theta` is its one weight. */
export interface ParallelLineLayer {
  readonly type: 'parallel_line';
  /** At first. */
  readonly theta: number;
}

/** mean + std z, of one value z: both are weights. */
export interface LocationScaleLayer {
  readonly type: 'location_scale';
  /** At first. */
  readonly mean: number;
  /** At first. */
  readonly std: number;
}

/** shortcut(x) + scale layers(x), as in He et al. 2015, "Deep Residual Learning for Image Recognition". */
export interface ResidualLayer extends Named {
  readonly type: 'residual';
  readonly layers: readonly PlainLayer[];
  /** None: the input itself. */
  readonly shortcut: readonly PlainLayer[];
  /** What the layers' output is multiplied by. */
  readonly scale: number;
}

/** The norm, or nothing. */
export function normOrNone(norm: Norm, name: string): readonly NormLayer[] {
  return norm === 'none' ? [] : [{ type: 'norm', name, norm }];
}

export const activation = (of: Activation): ActivationLayer => ({ type: 'activation', activation: of });

export const reshape = (shape: readonly number[]): ReshapeLayer => ({ type: 'reshape', shape });

export const flatten = { type: 'flatten' } as const satisfies PlainLayer;

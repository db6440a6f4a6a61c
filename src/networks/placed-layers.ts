import type { Activation, NormKind } from './layers.js';
import type { Parameter } from './parameter.js';
import type { Shape } from './shape.js';

interface Placed {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** In the order in which they are kept. */
  readonly parameters: readonly Parameter[];
  /** Products that are added up, for one sample passing through; those of norms, biases and activations are left out. */
  readonly multiplyAdds: number;
}

interface Weights {
  /** Dense: [in, out]. Convolutions: [height, width, in, out], the transposed [height, width, out, in]. */
  readonly weights: Parameter;
  /** [out] */
  readonly bias: Parameter | undefined;
}

/** A layer at its place in a network: all sizes are known. */
export type PlacedLayer = Placed &
  (
    | ({
        readonly type: 'dense';
        /** [classes, in], of a unit that is told the class. */
        readonly embedding: Parameter | undefined;
      } & Weights)
    | ({ readonly type: 'conv'; readonly stride: 1 | 2 } & Weights)
    | ({ readonly type: 'conv_transpose' } & Weights)
    | {
        readonly type: 'norm';
        readonly norm: NormKind;
        /** [channels], or [classes, channels]; as is `beta`. */
        readonly gamma: Parameter;
        readonly beta: Parameter;
      }
    | {
        readonly type: 'class_embedding';
        /** [classes, dimensions] */
        readonly embedding: Parameter;
      }
    | { readonly type: 'activation'; readonly activation: Activation }
    | { readonly type: 'parallel_line'; readonly theta: Parameter }
    | { readonly type: 'location_scale'; readonly mean: Parameter; readonly std: Parameter }
    | { readonly type: 'reshape' | 'upsample' | 'mean_pool' | 'global_mean_pool' | 'subsample' }
    | {
        readonly type: 'residual';
        readonly layers: readonly PlacedLayer[];
        readonly shortcut: readonly PlacedLayer[];
        readonly scale: number;
      }
  );

/** A network as arithmetic can tell it: no tensor has been made. */
export interface PlacedNetwork {
  readonly layers: readonly PlacedLayer[];
  readonly inputShape: Shape;
  readonly outputShape: Shape;
}

/** Why layers do not follow one another. */
export interface LayerProblem {
  /** Of the layer, in the list: `[3]`, or `[3, 'layers', 0]` in a block. */
  readonly path: readonly (string | number)[];
  /** The layer cannot be given what the one before makes; else something else is wrong with it. */
  readonly isOfInput?: true;
  readonly message: string;
  readonly help: string;
}

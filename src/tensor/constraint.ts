import { required } from '../base/invariant.js';

type Range = readonly [lower: number, upper: number];

/** Bounds of every critic weight, rounded to float32. */
export interface Clip {
  readonly type: 'clip';
  readonly range: Range;
  /** Other bounds, of all parameters of a layer, by the layer's name. */
  readonly layers: Readonly<Record<string, Range>>;
  /**
   * After each critic step, as in Algorithm 1 of arXiv 1701.07875; or before it, as in the paper's reference code, so
   * that the generator learns from a critic whose last step went beyond its bounds.
   */
  readonly when: 'after_step' | 'before_step';
}

/** What is added to the critic’s loss; see `gradient-penalty.ts` for the formulas. */
export type PenaltyConstraint =
  | { readonly type: 'gradient_penalty'; readonly lambda: number; readonly form: 'two_sided' | 'one_sided' }
  | { readonly type: 'dragan'; readonly lambda: number; readonly spread: number }
  | { readonly type: 'r1'; readonly gamma: number };

/** How a critic is kept Lipschitz. */
export type Constraint =
  | { readonly type: 'none' }
  /** Of the network itself: see `spectrallyNormalised`. */
  | { readonly type: 'spectral_norm' }
  | Clip
  | PenaltyConstraint;

export function clipOf(constraint: Constraint): Clip | undefined {
  return constraint.type === 'clip' ? constraint : undefined;
}

/** Of the parameter `layer/weights`: those of the layer, or of the innermost block around it that has its own. */
export function boundsOf({ range, layers }: Clip, parameter: string): Range {
  const parts = parameter.split('/');
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const layer = parts.slice(0, length).join('/');
    if (Object.hasOwn(layers, layer)) return required(layers[layer], layer);
  }
  return range;
}

import { err, ok, type Result } from '../base/result.js';
import type { Layer } from './layers.js';
import type { LayerProblem } from './placed-layers.js';

/** How a generator is told the class of the sample that it is to make: by a vector of the class behind the latent one, or in its norms. */
type Telling = { readonly type: 'embedding'; readonly dimensions: number } | { readonly type: 'norm' };

export type GeneratorCondition = { readonly classes: number } & Telling;

/** What the specification says of the generator of conditional networks, for so many classes. */
export function conditionOf(
  { generator }: { readonly generator: Telling },
  classes: number,
): GeneratorCondition {
  return { classes, ...generator };
}

/** The layers of a generator that is told classes, for the same latent vectors; or why it cannot be told them. */
export function conditionalGenerator(
  layers: readonly Layer[],
  condition: GeneratorCondition,
): Result<readonly Layer[], LayerProblem> {
  if (condition.type === 'embedding') {
    const { classes, dimensions } = condition;
    return ok([{ type: 'class_embedding', name: embeddingName, classes, dimensions }, ...layers]);
  }
  return hasNorm(layers)
    ? ok(withClassNorms(layers, condition.classes))
    : err({
        path: [],
        message: 'the generator has no norm in which a class could have a scale and an offset of its own',
        help: 'give it a `norm`, or let the class be an `embedding` beside the latent vector',
      });
}

const embeddingName = 'class';

/** Layers that the condition puts before the first of the generator's own. */
export function layersBefore(condition: GeneratorCondition | undefined): number {
  return condition?.type === 'embedding' ? 1 : 0;
}

function hasNorm(layers: readonly Layer[]): boolean {
  return layers.some((layer) =>
    layer.type === 'residual' ? hasNorm([...layer.layers, ...layer.shortcut]) : layer.type === 'norm',
  );
}

function withClassNorms<L extends Layer>(layers: readonly L[], classes: number): readonly L[] {
  return layers.map((layer) => {
    if (layer.type === 'norm') return { ...layer, classes };
    if (layer.type !== 'residual') return layer;
    return {
      ...layer,
      layers: withClassNorms(layer.layers, classes),
      shortcut: withClassNorms(layer.shortcut, classes),
    };
  });
}

/**
 * The layers of a critic that scores samples of a class: its last layer, a linear unit, is told the class of each sample (projection).
 * An error says why there is no such layer.
 */
export function conditionalCritic(
  layers: readonly Layer[],
  classes: number | undefined,
): Result<readonly Layer[], LayerProblem> {
  if (classes === undefined) return ok(layers);
  const last = layers.at(-1);
  if (last?.type === 'dense' && last.units === 1) return ok([...layers.slice(0, -1), { ...last, classes }]);
  return err({
    path: [layers.length - 1],
    message:
      'the critic does not end in a dense layer, so it has no vector of features for classes to be projected on',
    help: 'end it with {type: flatten} or {type: global_mean_pool}, and {type: dense, units: 1}',
  });
}

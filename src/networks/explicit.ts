import { err, ok, type Result } from '../base/result.js';
import {
  conditionalCritic,
  conditionalGenerator,
  type GeneratorCondition,
  layersBefore,
} from './conditions.js';
import type { Initialiser } from './initialisers.js';
import type { Layer } from './layers.js';
import { fanInUniform } from './mlp.js';
import { placeLayers } from './place.js';
import type { LayerProblem, PlacedNetwork } from './placed-layers.js';
import { describeShape, sameShape, type SampleShape } from './shape.js';

interface Explicit {
  readonly layers: readonly Layer[];
  /** Of layers that have none of their own; PyTorch's default unless given. */
  readonly initial?: Initialiser;
}

export interface ExplicitGenerator extends Explicit {
  readonly type: 'layers_generator';
  readonly z_dim: number;
}

export interface ExplicitCritic extends Explicit {
  readonly type: 'layers_critic';
}

/**
 * From a latent vector to a sample, or what is wrong with a layer.
 *
 * @param sample Undefined where it is not known yet.
 * @param condition Of a generator that is told classes.
 */
export function explicitGenerator(
  { z_dim: latent, layers, initial = fanInUniform }: Omit<ExplicitGenerator, 'type'>,
  sample: SampleShape | undefined,
  condition?: GeneratorCondition,
): Result<PlacedNetwork, LayerProblem> {
  const told = condition ? conditionalGenerator(layers, condition) : ok(layers);
  if (!told.ok) return told;
  const placed = placeLayers(told.value, [latent], initial);
  if (!placed.ok) return err(among(placed.error, layersBefore(condition)));
  if (sample === undefined) return placed;
  const { outputShape } = placed.value;
  const last = layers.at(-1);
  if (!sameShape(outputShape, sample)) {
    return err({
      path: [layers.length - 1],
      message: `the generator ends in ${describeShape(outputShape)}, and a sample is ${describeShape(sample)}`,
      help: `let the last layers make ${describeShape(sample)}`,
    });
  }
  if (sample.length === 2 && !(last?.type === 'activation' && last.activation === 'softmax')) {
    return err({
      path: [layers.length - 1],
      message:
        'the generator does not end in a softmax, and a sample is a distribution over tokens at each position',
      help: 'end it with {type: activation, activation: softmax}',
    });
  }
  return placed;
}

/** From a sample to one number, or what is wrong with a layer. @param classes Of a critic that is told them. */
export function explicitCritic(
  { layers, initial = fanInUniform }: Omit<ExplicitCritic, 'type'>,
  sample: SampleShape,
  classes?: number,
): Result<PlacedNetwork, LayerProblem> {
  const bounded = boundedEnd(layers);
  if (bounded) return err(bounded);
  const told = conditionalCritic(layers, classes);
  if (!told.ok) return told;
  const placed = placeLayers(told.value, sample, initial);
  if (!placed.ok || sameShape(placed.value.outputShape, [1])) return placed;
  return err({
    path: [layers.length - 1],
    message: `a critic ends in one number, and this one ends in ${describeShape(placed.value.outputShape)}`,
    help: 'end it with {type: flatten} and {type: dense, units: 1}',
  });
}

/** The problem by the place that its layer has in the file's list. */
function among(problem: LayerProblem, before: number): LayerProblem {
  const [at, ...rest] = problem.path;
  return { ...problem, path: typeof at === 'number' ? [at - before, ...rest] : problem.path };
}

/** A critic's number is free: an objective that needs a sigmoid brings its own. Layers that only rearrange leave bounds as they are. */
export function boundedEnd(layers: readonly Layer[]): LayerProblem | undefined {
  const at = layers.findLastIndex(({ type }) => !keepingBounds.has(type));
  const last = layers[at];
  return last?.type === 'activation'
    ? {
        path: [at],
        message: `a critic ends in a linear unit, and this one ends in ${last.activation}`,
        help: 'take it out: objectives bring what they need, and `wasserstein` needs a number without bounds (arXiv 1701.07875, section 3)',
      }
    : undefined;
}

/** Out of each of them come values that went in, or means of some. */
const keepingBounds: ReadonlySet<Layer['type']> = new Set([
  'reshape',
  'flatten',
  'upsample',
  'mean_pool',
  'global_mean_pool',
  'subsample',
]);

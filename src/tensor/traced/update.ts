import { invariant, required } from '../../base/invariant.js';
import { boundsOf, type Clip } from '../constraint.js';
import type { Optimizer } from '../optimizers.js';
import { after, float32, type Graph, type Output } from './graph.js';
import { together } from './pack-nodes.js';
import { type Pack, packed } from './packs.js';
import type { PackVariables } from './variables.js';

/** Scalars. */
export interface RateOutputs {
  readonly stepSize: Output;
  readonly epsilon: Output;
  readonly decay: Output;
}

/** The value of a variable, and the node that has to have run before the next change of it. */
export interface VariableValue {
  readonly value: Output;
  readonly settled: Output;
}

export interface Update {
  readonly optimizer: Optimizer;
  readonly rates: RateOutputs;
  /** By parameter. */
  readonly gradients: Readonly<Record<string, Output>>;
  /** Of the weights before. */
  readonly before: VariableValue;
}

/** Has a variable follow its gradient. */
export function updated(
  graph: Graph,
  prefix: string,
  variables: PackVariables,
  update: Update,
): VariableValue {
  const gradient = together(graph, `${prefix}/gradient`, variables.pack, update.gradients);
  const applied = apply(graph, `${prefix}/apply`, variables, update, gradient);
  const value = graph.add(`${prefix}/updated`, 'ReadVariableOp', [variables.weights, after(applied)], {
    dtype: float32,
  });
  return { value, settled: value };
}

/** Puts a variable's value back between its bounds. */
export function clipped(
  graph: Graph,
  prefix: string,
  { pack, weights }: PackVariables,
  before: VariableValue,
  clip: Clip,
): VariableValue {
  const value = graph.add(
    `${prefix}/clipped`,
    'ClipByValue',
    [before.value, bound(graph, pack, clip, 0), bound(graph, pack, clip, 1)],
    { T: float32 },
  );
  const settled = graph.add(`${prefix}/assign`, 'AssignVariableOp', [weights, value, after(before.settled)], {
    dtype: float32,
  });
  return { value, settled };
}

/** A scalar where all parameters of the pack have the same, else one for each value. */
function bound(graph: Graph, pack: Pack, clip: Clip, side: 0 | 1): Output {
  const of = (parameter: string) => boundsOf(clip, parameter)[side];
  const [first = 0, ...rest] = pack.places.map(({ parameter }) => of(parameter.name));
  if (rest.every((other) => other === first)) return graph.scalar(first);
  const values = packed(pack, (name, size) => new Float32Array(size).fill(of(name)));
  return graph.constant(values, pack.shape);
}

function apply(
  graph: Graph,
  name: string,
  { weights, slots, scratch }: PackVariables,
  { optimizer: { kernel, decays }, rates, before }: Update,
  gradient: Output,
): Output {
  invariant(kernel !== undefined, 'this optimiser has no kernel of TensorFlow’s library');
  const settled = [after(before.settled)];
  const wait = decays ? [after(decayed(graph, name, weights, { rates, before }, settled))] : settled;
  const slot = (name: string) => required(slots[name], `slot ${name}`);
  switch (kernel.type) {
    case 'gradient_descent':
      return graph.add(name, 'ResourceApplyGradientDescent', [weights, rates.stepSize, gradient, ...wait], {
        T: float32,
      });
    case 'momentum':
      return graph.add(
        name,
        'ResourceApplyMomentum',
        [weights, slot(kernel.velocity), rates.stepSize, gradient, graph.scalar(kernel.momentum), ...wait],
        { T: float32, use_nesterov: { b: kernel.nesterov } },
      );
    case 'adam': {
      const { beta1, beta2, mean, meanSquare } = kernel;
      // 0 in place of the powers of the betas: the correction of the bias is part of the rates.
      const [power1, power2] = [graph.scalar(0), graph.scalar(0)];
      const decays = [graph.scalar(beta1), graph.scalar(beta2)];
      return graph.add(
        name,
        'ResourceApplyAdam',
        [
          weights,
          mean === undefined ? required(scratch, 'a variable in place of m') : slot(mean),
          slot(meanSquare),
          power1,
          power2,
          rates.stepSize,
          ...decays,
          rates.epsilon,
          gradient,
          ...wait,
        ],
        // Nesterov's u = beta1 m + (1 - beta1) g is g itself where beta1 is 0.
        { T: float32, use_nesterov: { b: mean === undefined } },
      );
    }
  }
}

/** w = w - decay w */
function decayed(
  graph: Graph,
  name: string,
  weights: Output,
  { rates, before }: Pick<Update, 'rates' | 'before'>,
  wait: readonly string[],
): Output {
  const inputs = [weights, rates.decay, before.value, ...wait];
  return graph.add(`${name}/decay`, 'ResourceApplyGradientDescent', inputs, { T: float32 });
}

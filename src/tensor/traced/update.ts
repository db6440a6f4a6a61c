import { invariant, required } from '../../base/invariant.js';
import type { Optimizer } from '../optimizers.js';
import { after, float32, type Graph, type Output } from './graph.js';
import { together } from './pack-nodes.js';
import type { PackVariables } from './variables.js';

/** Scalars. */
export interface RateOutputs {
  readonly stepSize: Output;
  readonly epsilon: Output;
}

/** The value of a variable, and the node that has to have run before the next change of it. */
export interface VariableValue {
  readonly value: Output;
  readonly settled: string | undefined;
}

export interface Update {
  readonly optimizer: Optimizer;
  readonly rates: RateOutputs;
  /** By parameter. */
  readonly gradients: Readonly<Record<string, Output>>;
  /** Of the weights before. */
  readonly before: VariableValue;
  readonly clip: readonly [lower: number, upper: number] | undefined;
}

/** Has a variable follow its gradient, and then clips it. */
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
  if (update.clip === undefined) return { value, settled: value };
  const [lower, upper] = update.clip;
  const clipped = graph.add(
    `${prefix}/clipped`,
    'ClipByValue',
    [value, graph.scalar(lower), graph.scalar(upper)],
    { T: float32 },
  );
  const assigned = graph.add(`${prefix}/assign`, 'AssignVariableOp', [variables.weights, clipped], {
    dtype: float32,
  });
  return { value: clipped, settled: assigned };
}

function apply(
  graph: Graph,
  name: string,
  { weights, slots, scratch }: PackVariables,
  { optimizer: { kernel }, rates, before }: Update,
  gradient: Output,
): Output {
  invariant(kernel !== undefined, 'this optimiser has no kernel of TensorFlow’s library');
  const wait = before.settled === undefined ? [] : [after(before.settled)];
  switch (kernel.type) {
    case 'gradient_descent':
      return graph.add(name, 'ResourceApplyGradientDescent', [weights, rates.stepSize, gradient, ...wait], {
        T: float32,
      });
    case 'adam': {
      const { beta1, beta2, mean, meanSquare } = kernel;
      const slot = (name: string) => required(slots[name], `slot ${name}`);
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

import { required } from '../../base/invariant.js';
import type { Graph, NodeDef, Output } from './graph.js';

/** Inputs are `@name` for an input of the fragment, `%name` for a node of its own, else nodes of its graph. */
export type FragmentNode = NodeDef;

/** A function as part of a graph: put in place as often as it is called. */
export interface Fragment {
  readonly nodes: readonly FragmentNode[];
  readonly outputs: Readonly<Record<string, Output>>;
}

/**
 * A copy of the fragment's nodes, with inputs that are outputs of the graph's nodes.
 *
 * @param prefix Of the names of the copy's nodes.
 * @returns the fragment's outputs.
 */
export function instantiate(
  graph: Graph,
  { nodes, outputs }: Fragment,
  prefix: string,
  inputs: Readonly<Record<string, Output>>,
): Readonly<Record<string, Output>> {
  const local = (name: string) => `${prefix}/${name.slice(1)}`;
  const resolved = (output: Output): Output => {
    if (output.startsWith('@')) return required(inputs[output.slice(1)], `input ${output} of ${prefix}`);
    return output.startsWith('%') ? local(output) : output;
  };
  for (const { name, op, input, attr } of nodes) graph.add(local(name), op, input.map(resolved), attr);
  return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, resolved(output)]));
}

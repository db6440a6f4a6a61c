import { required } from '../../base/invariant.js';
import type { Clip } from '../constraint.js';
import type { Optimizer } from '../optimizers.js';
import type { NetworkRole } from '../state.js';
import { after, float32, type Graph, type Output } from './graph.js';
import { parametersOf } from './pack-nodes.js';
import { clipped, type RateOutputs, updated, type VariableValue } from './update.js';
import type { PackVariables } from './variables.js';

type ByName = Readonly<Record<string, Output>>;

/** The weights of a network at some point of an iteration, pack by pack. */
export type NetworkValues = readonly VariableValue[];

/** The nodes that read and change the variables of one network. */
export class NetworkNodes {
  readonly #graph: Graph;
  readonly #role: NetworkRole;
  readonly #packs: readonly PackVariables[];
  readonly #optimizer: Optimizer;

  constructor(graph: Graph, role: NetworkRole, packs: readonly PackVariables[], optimizer: Optimizer) {
    this.#graph = graph;
    this.#role = role;
    this.#packs = packs;
    this.#optimizer = optimizer;
  }

  /** Before anything changes them. */
  initial(prefix: string): NetworkValues {
    return this.#packs.map(({ pack, weights }) => {
      const name = `${prefix}/${this.#role}/before/${pack.name}`;
      const value = this.#graph.add(name, 'ReadVariableOp', [weights], { dtype: float32 });
      // The first update waits for it even where the gradient does not depend on the value, as that of a last layer.
      return { value, settled: value };
    });
  }

  /** The parameters as inputs of a fragment. */
  inputs(prefix: string, values: NetworkValues): ByName {
    const byName = this.#packs.flatMap(({ pack }, index) => {
      const { value } = required(values[index], 'a value');
      const parameters = parametersOf(this.#graph, `${prefix}/${this.#role}/${pack.name}`, pack, value);
      return Object.entries(parameters).map(([name, output]) => [`${this.#role}/${name}`, output]);
    });
    return Object.fromEntries(byName) as ByName;
  }

  /** @param gradients By the names of parameters. */
  updated(prefix: string, values: NetworkValues, rates: RateOutputs, gradients: ByName): NetworkValues {
    return this.#changed(values, (variables, before) =>
      updated(this.#graph, `${prefix}/${variables.pack.name}`, variables, {
        rates,
        gradients,
        before,
        optimizer: this.#optimizer,
      }),
    );
  }

  clipped(prefix: string, values: NetworkValues, clip: Clip): NetworkValues {
    return this.#changed(values, (variables, before) =>
      clipped(this.#graph, `${prefix}/${variables.pack.name}`, variables, before, clip),
    );
  }

  /** Has the averages go a share of their way to the weights. @returns the nodes to wait for. */
  averaged(prefix: string, values: NetworkValues, share: Output): readonly string[] {
    return this.#packs.flatMap(({ pack, average }, index) => {
      if (average === undefined) return [];
      const { value } = required(values[index], 'a value');
      const node = (name: string) => `${prefix}/${pack.name}/${name}`;
      const before = this.#graph.add(node('before'), 'ReadVariableOp', [average], { dtype: float32 });
      const way = this.#graph.add(node('way'), 'Sub', [before, value], { T: float32 });
      const inputs = [average, share, way];
      return [after(this.#graph.add(node('apply'), 'ResourceApplyGradientDescent', inputs, { T: float32 }))];
    });
  }

  #changed(
    values: NetworkValues,
    change: (variables: PackVariables, before: VariableValue) => VariableValue,
  ): NetworkValues {
    return this.#packs.map((variables, index) => change(variables, required(values[index], 'a value')));
  }
}

/** That all changes that led to these values have been made, and all reads of the ones before. */
export function settled(values: NetworkValues): readonly string[] {
  return values.map((value) => after(value.settled));
}

import { required } from '../../base/invariant.js';
import type { Clip } from '../constraint.js';
import type { Optimizer } from '../optimizers.js';
import type { NetworkRole } from '../state.js';
import { after, float32, type Graph, type Output } from './graph.js';
import { parametersOf } from './pack-nodes.js';
import { clipped, type RateOutputs, updated, type VariableValue } from './update.js';
import type { BufferVariable, PackVariables } from './variables.js';

type ByName = Readonly<Record<string, Output>>;

/** A network at some point of an iteration. */
export interface NetworkValues {
  /** Its weights, pack by pack. */
  readonly packs: readonly VariableValue[];
  /** In their order. */
  readonly buffers: readonly VariableValue[];
}

export interface NetworkVariables {
  readonly packs: readonly PackVariables[];
  readonly buffers: readonly BufferVariable[];
}

/** The nodes that read and change the variables of one network. */
export class NetworkNodes {
  readonly #graph: Graph;
  readonly #role: NetworkRole;
  readonly #packs: readonly PackVariables[];
  readonly #buffers: readonly BufferVariable[];
  readonly #optimizer: Optimizer;

  constructor(graph: Graph, role: NetworkRole, { packs, buffers }: NetworkVariables, optimizer: Optimizer) {
    this.#graph = graph;
    this.#role = role;
    this.#packs = packs;
    this.#buffers = buffers;
    this.#optimizer = optimizer;
  }

  /** Before anything changes them. */
  initial(prefix: string): NetworkValues {
    const read = (name: string, handle: Output): VariableValue => {
      const node = `${prefix}/${this.#role}/before/${name}`;
      const value = this.#graph.add(node, 'ReadVariableOp', [handle], { dtype: float32 });
      // The first update waits for it even where the gradient does not depend on the value, as that of a last layer.
      return { value, settled: value };
    };
    return {
      packs: this.#packs.map(({ pack, weights }) => read(pack.name, weights)),
      buffers: this.#buffers.map(({ name, handle }) => read(name, handle)),
    };
  }

  /** Parameters and buffers as inputs of a fragment. */
  inputs(prefix: string, values: NetworkValues): ByName {
    const byName = this.#packs.flatMap(({ pack }, index) => {
      const { value } = required(values.packs[index], 'a value');
      const parameters = parametersOf(this.#graph, `${prefix}/${this.#role}/${pack.name}`, pack, value);
      return Object.entries(parameters).map(([name, output]) => [`${this.#role}/${name}`, output]);
    });
    const buffers = this.#buffers.map(({ name }, index) => [
      `${this.#role}/${name}`,
      required(values.buffers[index], 'a buffer').value,
    ]);
    return Object.fromEntries([...byName, ...buffers]) as ByName;
  }

  /** @param next By the names of buffers. */
  refreshed(prefix: string, values: NetworkValues, next: ByName): NetworkValues {
    const buffers = this.#buffers.map(({ name, handle }, index): VariableValue => {
      const [value, before] = [required(next[name], name), required(values.buffers[index], 'a buffer')];
      const inputs = [handle, value, after(before.settled)];
      const node = `${prefix}/refresh/${name}`;
      return { value, settled: this.#graph.add(node, 'AssignVariableOp', inputs, { dtype: float32 }) };
    });
    return { ...values, buffers };
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
      const { value } = required(values.packs[index], 'a value');
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
    const packs = this.#packs.map((variables, index) =>
      change(variables, required(values.packs[index], 'a value')),
    );
    return { ...values, packs };
  }
}

/** That all changes that led to these values have been made, and all reads of the ones before. */
export function settled({ packs, buffers }: NetworkValues): readonly string[] {
  return [...packs, ...buffers].map((value) => after(value.settled));
}

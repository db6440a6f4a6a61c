import { required } from '../../base/invariant.js';
import type { Network } from '../network.js';
import type { Optimizer } from '../optimizers.js';
import type { Parameter } from '../../networks/parameter.js';
import { bufferName, type NetworkRole, slotName, weightName } from '../state.js';
import { after, float32, type Graph, type Output, shapeOf } from './graph.js';
import { alone, type Pack, packed, packsOf, unpacked } from './packs.js';
import type { Feed, Session } from './session.js';

/** A pack of weights with what the optimiser keeps beside them: handles of variables. */
export interface PackVariables {
  readonly pack: Pack;
  readonly weights: Output;
  readonly slots: Readonly<Record<string, Output>>;
  /** A moving average of the weights, where the model has one of this network. */
  readonly average: Output | undefined;
  /** For a kernel that wants a slot which the optimiser does not have; its values mean nothing. */
  readonly scratch: Output | undefined;
}

/** What a network reads and no gradient changes. */
export interface BufferVariable {
  readonly name: string;
  readonly handle: Output;
}

/** A variable whose value is part of the training's state. */
interface StateVariable {
  readonly pack: Pack;
  /** The name in the state of this parameter's part. */
  readonly nameOf: (parameter: string) => string;
  readonly value: Output;
  readonly input: Output;
}

/** The variables of a graph, and the nodes that read and set them as a whole. */
export class Variables {
  readonly #graph: Graph;
  readonly #state: StateVariable[] = [];
  readonly #assignments: Output[] = [];
  #written: Output | undefined;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Makes those of a network. */
  add(
    role: NetworkRole,
    network: Network,
    { slots, kernel }: Optimizer,
    hasAverage: boolean,
  ): readonly PackVariables[] {
    return packsOf(network.parameters).map((pack) => {
      const weights = this.#variable(`${role}/weights/${pack.name}`, pack, (parameter) =>
        weightName(role, parameter),
      );
      const bySlot = slots.map((slot): [string, Output] => [
        slot,
        this.#variable(`${role}/slots/${pack.name}/${slot}`, pack, (parameter) =>
          slotName(role, parameter, slot),
        ),
      ]);
      const needsScratch = kernel?.type === 'adam' && kernel.mean === undefined;
      const scratch = needsScratch ? this.#scratch(`${role}/scratch/${pack.name}`, pack) : undefined;
      const average = hasAverage
        ? this.#variable(`average/weights/${pack.name}`, pack, (parameter) =>
            weightName('average', parameter),
          )
        : undefined;
      return { pack, weights, slots: Object.fromEntries(bySlot), average, scratch };
    });
  }

  /** Makes one of a network's buffers. */
  addBuffer(role: NetworkRole, buffer: Parameter): BufferVariable {
    const pack = alone(buffer);
    const handle = this.#variable(`${role}/buffers/${buffer.name}`, pack, (name) => bufferName(role, name));
    return { name: buffer.name, handle };
  }

  /** To be called when all variables are made, before the graph is loaded. */
  finish(): void {
    const value = this.#graph.scalar(1);
    this.#written = this.#graph.add('written', 'Identity', [value, ...this.#assignments.map(after)], {
      T: float32,
    });
  }

  /** The values of these names, in their order. */
  read(session: Session, names: readonly string[]): ReadonlyMap<string, Float32Array> {
    const variables = this.#state.filter(({ pack, nameOf }) =>
      pack.places.some(({ parameter }) => names.includes(nameOf(parameter.name))),
    );
    const fetched = session.run(
      [],
      variables.map(({ value }) => value),
    );
    const values = new Map(
      variables.flatMap(({ pack, nameOf }, index) =>
        [...unpacked(pack, required(fetched[index], 'a value'))].map(
          ([parameter, part]): [string, Float32Array] => [nameOf(parameter), part],
        ),
      ),
    );
    return new Map(names.map((name) => [name, required(values.get(name), name)]));
  }

  /** Sets all of them. */
  write(session: Session, values: ReadonlyMap<string, Float32Array>): void {
    const feeds = this.#state.map(({ pack, nameOf, input }): Feed => {
      const valueOf = (parameter: string) => required(values.get(nameOf(parameter)), nameOf(parameter));
      return { name: input, shape: pack.shape, values: packed(pack, valueOf) };
    });
    session.number(feeds, required(this.#written, 'the node that has written'));
  }

  #variable(name: string, pack: Pack, nameOf: StateVariable['nameOf']): Output {
    const graph = this.#graph;
    const handle = this.#handle(name, pack);
    const value = graph.add(`${name}/value`, 'ReadVariableOp', [handle], { dtype: float32 });
    const input = graph.placeholder(`${name}/input`, pack.shape);
    // What is fed may be the caller's own memory: the variable, which is changed in its place, is a copy of it.
    const copy = graph.add(`${name}/copy`, 'DeepCopy', [input], { T: float32 });
    this.#assign(name, handle, copy);
    this.#state.push({ pack, nameOf, value, input });
    return handle;
  }

  #scratch(name: string, pack: Pack): Output {
    const handle = this.#handle(name, pack);
    const shape = this.#graph.constant(Int32Array.from(pack.shape), [pack.shape.length]);
    const zeros = this.#graph.add(`${name}/zeros`, 'Fill', [shape, this.#graph.scalar(0)], { T: float32 });
    this.#assign(name, handle, zeros);
    return handle;
  }

  #handle(name: string, { shape }: Pack): Output {
    const attributes = {
      dtype: float32,
      shape: { shape: shapeOf(shape) },
      shared_name: { s: Buffer.from(name) },
    };
    return this.#graph.add(name, 'VarHandleOp', [], attributes);
  }

  #assign(name: string, handle: Output, value: Output): void {
    this.#assignments.push(
      this.#graph.add(`${name}/assign`, 'AssignVariableOp', [handle, value], { dtype: float32 }),
    );
  }
}

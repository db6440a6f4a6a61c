import { invariant } from '../../base/invariant.js';
import { sizeOf } from '../../base/shape.js';

/** One output of a node, as TensorFlow writes it: `name`, or `name:1` for the second. */
export type Output = string;

/** TensorFlow's numbers of the types that our graphs have (types.proto). */
export const dataTypes = { float32: 1, int32: 3, bool: 10 } as const;
export type GraphType = keyof typeof dataTypes;

interface ShapeProto {
  readonly dim: readonly { readonly size: number }[];
}

interface TensorProto {
  readonly dtype: number;
  readonly tensor_shape: ShapeProto;
  readonly tensor_content: Uint8Array;
}

/** attr_value.proto, as far as it is needed. */
export type AttributeValue =
  | { readonly s: Uint8Array }
  | { readonly i: number }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly type: number }
  | { readonly shape: ShapeProto }
  | { readonly tensor: TensorProto }
  | { readonly list: { readonly i: readonly number[] } };

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** node_def.proto. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  /** Outputs of other nodes, then `^name` for nodes that must have run before. */
  readonly input: readonly string[];
  readonly attr: Attributes;
}

export const float32: AttributeValue = { type: dataTypes.float32 };
export const int32: AttributeValue = { type: dataTypes.int32 };
/** Inside of an operation's own copy of its inputs; no tensor of the recorder has it. */
export const bfloat16: AttributeValue = { type: 14 };
export const shapeOf = (shape: readonly number[]): ShapeProto => ({ dim: shape.map((size) => ({ size })) });

/** A TensorFlow graph in the making. */
export class Graph {
  readonly #nodes = new Map<string, NodeDef>();
  readonly #constants = new Map<string, Output>();

  get nodes(): readonly NodeDef[] {
    return [...this.#nodes.values()];
  }

  /** @returns the node's name, which is also its first output. */
  add(name: string, op: string, input: readonly string[], attr: Attributes): Output {
    invariant(!this.#nodes.has(name), `two nodes are called ${name}`);
    this.#nodes.set(name, { name, op, input, attr });
    return name;
  }

  placeholder(name: string, shape: readonly number[]): Output {
    return this.add(name, 'Placeholder', [], { dtype: float32, shape: { shape: shapeOf(shape) } });
  }

  /** Equal constants are one node. */
  constant(values: Float32Array | Int32Array, shape: readonly number[]): Output {
    invariant(values.length === sizeOf(shape), `${values.length} values for [${shape.join()}]`);
    const type = values instanceof Float32Array ? dataTypes.float32 : dataTypes.int32;
    const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const key = `${type}[${shape.join()}]${Buffer.from(content).toString('base64')}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const value = { dtype: type, tensor_shape: shapeOf(shape), tensor_content: content.slice() };
    const node = this.add(`constant/${this.#constants.size}`, 'Const', [], {
      dtype: { type },
      value: { tensor: value },
    });
    this.#constants.set(key, node);
    return node;
  }

  scalar(value: number): Output {
    return this.constant(Float32Array.of(value), []);
  }
}

/** That a node has to have run before another. */
export const after = (output: Output): string => `^${output.replace(/:\d+$/, '')}`;

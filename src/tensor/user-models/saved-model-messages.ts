import { messageType } from '../messages.js';
import type { GraphNode } from './graph-parts.js';

/** attr_value.proto, as far as it is looked into. */
export interface Attr {
  readonly func?: NamedAttrs | null;
  readonly list?: { readonly func?: readonly NamedAttrs[] } | null;
}

export interface NamedAttrs {
  readonly name: string;
  readonly attr: Readonly<Record<string, Attr>>;
}

export interface SavedNode extends GraphNode {
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, Attr>>;
}

interface Argument {
  readonly name: string;
  readonly number_attr: string;
  readonly type_list_attr: string;
}

/** function.proto. */
export interface SavedFunction {
  readonly signature: { readonly name: string; readonly input_arg: readonly Argument[] } | null;
  readonly node_def: readonly SavedNode[];
}

export interface SavedTensorInfo {
  readonly name?: string | null;
  readonly dtype: number;
  readonly tensor_shape: {
    readonly unknown_rank: boolean;
    readonly dim: readonly { readonly size: number | { toNumber(): number } }[];
  } | null;
}

type TensorInfos = Readonly<Record<string, SavedTensorInfo>>;

export interface SavedSignature {
  readonly inputs: TensorInfos;
  readonly outputs: TensorInfos;
}

/** meta_graph.proto. */
export interface SavedGraph {
  readonly meta_info_def: { readonly tags: readonly string[]; readonly tensorflow_version: string } | null;
  readonly graph_def: {
    readonly node: readonly SavedNode[];
    readonly versions: object | null;
    readonly library: { readonly function: readonly SavedFunction[] } | null;
  } | null;
  readonly saver_def: {
    readonly filename_tensor_name: string;
    readonly restore_op_name: string;
    readonly version: number;
  } | null;
  readonly signature_def: Readonly<Record<string, SavedSignature>>;
}

/** Undefined where the bytes are no such message. */
export function decodedGraphs(bytes: Uint8Array): readonly SavedGraph[] | undefined {
  try {
    return (
      messageType('SavedModel').decode(bytes) as unknown as { readonly meta_graphs: readonly SavedGraph[] }
    ).meta_graphs;
  } catch {
    // Whatever is wrong with the bytes, an end that comes too early or messages in messages without end, they are no model.
    return undefined;
  }
}

import * as tf from './tf.js';

/** What we use of the native package's backend, which has no types of its own for it. */
export interface TensorFlowLibrary {
  readonly binding: TensorFlowBinding;
  executeSingleOutput(
    operation: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
  ): tf.Tensor;
  executeMultipleOutputs(
    operation: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

type AttributeType =
  'TF_ATTR_STRING' | 'TF_ATTR_INT' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_TYPE' | 'TF_ATTR_SHAPE';

/** The add-on itself. Tensors and loaded graphs are numbers to it, which the caller has to give back. */
export interface TensorFlowBinding extends Readonly<
  Record<AttributeType | 'TF_FLOAT' | 'TF_INT32' | 'TF_UINT8' | 'TF_BOOL', number>
> {
  /** Of the values themselves, where they are aligned as TensorFlow wants them; else of a copy. */
  createTensor(
    shape: readonly number[],
    type: number,
    values: Float32Array | Int32Array | Uint8Array,
  ): number;
  deleteTensor(tensor: number): void;
  executeOp(
    operation: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): readonly { readonly id: number }[];
  /** A copy. */
  tensorDataSync(tensor: number): Float32Array;
  loadSavedModel(folder: string, tags: string): number;
  /** Feeds and fetches by the names of nodes, with commas in between; `name:1` is a node's second output. */
  runSavedModel(
    graph: number,
    feeds: readonly number[],
    feedNames: string,
    fetchNames: string,
  ): readonly { readonly id: number; readonly shape: readonly number[] }[];
  deleteSavedModel(graph: number): void;
}

/** Of an operation, as the native package gives it to the library. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string | boolean | readonly number[];
}

/** The backend of the native package, and the one that records what would be computed by it. */
export const libraryBackends = { computing: 'tensorflow', recording: 'recording' } as const;

/** Undefined on a backend that is not TensorFlow's library. */
export function tensorFlow(): TensorFlowLibrary | undefined {
  const name = tf.getBackend();
  return name === libraryBackends.computing || name === libraryBackends.recording
    ? (tf.backend() as unknown as TensorFlowLibrary)
    : undefined;
}

/** A kernel's attributes, by their types; `float` says of tensors that they are float32. */
export function attributesOf({ binding }: TensorFlowLibrary) {
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_STRING, TF_FLOAT } = binding;
  return {
    float: (name: string): Attribute => ({ name, type: TF_ATTR_TYPE, value: TF_FLOAT }),
    number: (name: string, value: number): Attribute => ({ name, type: TF_ATTR_FLOAT, value }),
    bool: (name: string, value: boolean): Attribute => ({ name, type: TF_ATTR_BOOL, value }),
    text: (name: string, value: string): Attribute => ({ name, type: TF_ATTR_STRING, value }),
  };
}

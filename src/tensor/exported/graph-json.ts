import { required } from '../../base/invariant.js';
import { type AttributeValue, dataTypes, type NodeDef } from '../traced/graph.js';

/** A node as TensorFlow.js has it in `model.json`: protocol buffers in JSON form. */
export interface JsonNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, JsonAttribute>>;
}

interface JsonShape {
  readonly dim: readonly { readonly size: number }[];
}

type JsonAttribute =
  | { readonly s: string }
  | { readonly i: number }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly type: TypeName }
  | { readonly shape: JsonShape }
  | { readonly tensor: { readonly dtype: TypeName; readonly tensorShape: JsonShape } }
  | { readonly list: { readonly i: readonly number[] } };

const typeNames = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' } as const satisfies Record<
  keyof typeof dataTypes,
  string
>;
type TypeName = (typeof typeNames)[keyof typeof typeNames];

export function jsonNode({ name, op, input, attr }: NodeDef): JsonNode {
  const attributes = Object.entries(attr).map(([key, value]) => [key, jsonAttribute(value)] as const);
  return { name, op, input, attr: Object.fromEntries(attributes) };
}

/** What a model's signature says of a tensor. @param shape -1 where the batch goes. */
export function tensorInfo(name: string, shape: readonly number[]) {
  return { name: `${name}:0`, dtype: typeNames.float32, tensorShape: jsonShape(shape) };
}

function jsonAttribute(value: AttributeValue): JsonAttribute {
  if ('s' in value) return { s: Buffer.from(value.s).toString('base64') };
  if ('type' in value) return { type: typeName(value.type) };
  // The values themselves lie among the weights.
  if ('tensor' in value) {
    const { dtype, tensor_shape } = value.tensor;
    return { tensor: { dtype: typeName(dtype), tensorShape: tensor_shape } };
  }
  return value;
}

function jsonShape(shape: readonly number[]): JsonShape {
  return { dim: shape.map((size) => ({ size })) };
}

function typeName(number: number): TypeName {
  const found = Object.entries(dataTypes).find(([, known]) => known === number);
  return typeNames[required(found, `type ${number}`)[0] as keyof typeof dataTypes];
}

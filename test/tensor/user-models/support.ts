import { readFileSync } from 'node:fs';

import { messageType } from '../../../src/tensor/messages.js';
import {
  type AttributeValue,
  dataTypes,
  float32,
  int32,
  type NodeDef,
  shapeOf,
} from '../../../src/tensor/traced/graph.js';

/** The parts of a SavedModel that tests change. */
export interface OpenModel {
  readonly meta_graphs: [
    {
      readonly graph_def: { node: OpenNode[]; readonly library: { function: OpenFunction[] } };
      readonly signature_def: Record<
        string,
        { readonly outputs: Record<string, { name: string; dtype: number }> }
      >;
      readonly saver_def: { restore_op_name: string; filename_tensor_name: string };
    },
  ];
}

export interface OpenNode {
  name: string;
  op: string;
  input: string[];
  attr: Record<string, unknown>;
}

interface OpenFunction {
  readonly signature: { name: string };
  readonly node_def: OpenNode[];
}

export const fixtureModel = readFileSync(
  new URL('../../fixtures/networks/saved_model/saved_model.pb', import.meta.url),
);

export function decoded(bytes: Uint8Array = fixtureModel): OpenModel {
  return messageType('SavedModel').decode(bytes) as unknown as OpenModel;
}

export function encoded(model: OpenModel): Uint8Array {
  return messageType('SavedModel').encode(model).finish();
}

/** The fixture's model, changed. */
export function changedModel(change: (graph: OpenModel['meta_graphs'][0]) => void): Uint8Array {
  const model = decoded();
  change(model.meta_graphs[0]);
  return encoded(model);
}

/** The operations of a graph and of its functions, each once. */
export function operationsIn(bytes: Uint8Array): readonly string[] {
  const { node, library } = decoded(bytes).meta_graphs[0].graph_def;
  const all = [...node, ...library.function.flatMap(({ node_def }) => node_def)];
  return [...new Set(all.map(({ op }) => op))].sort();
}

interface SmallModel {
  /** Of the input `images`; -1 where it is open. */
  readonly shape: readonly number[];
  readonly type?: 'float32' | 'uint8';
  /** By name in the signature: a tensor, float32 unless it says otherwise. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly outputType?: number;
}

const numbers = { float32: 1, uint8: 4 } as const;

/** A model without variables: a placeholder `images`, and what is made of it. */
export function smallModel(
  nodes: readonly NodeDef[],
  { shape, type = 'float32', outputs, outputType = 1 }: SmallModel,
): Uint8Array {
  const tensor_shape = shapeOf(shape);
  const message = messageType('SavedModel').fromObject({
    saved_model_schema_version: 1,
    meta_graphs: [
      {
        meta_info_def: { tags: ['serve'] },
        graph_def: {
          versions: { producer: 1395 },
          node: [
            {
              name: 'images',
              op: 'Placeholder',
              input: [],
              attr: { dtype: { type: numbers[type] }, shape: { shape: tensor_shape } },
            },
            ...nodes,
          ],
        },
        signature_def: {
          serving_default: {
            inputs: { images: { name: 'images:0', dtype: numbers[type], tensor_shape } },
            outputs: Object.fromEntries(
              Object.entries(outputs).map(([name, tensor]) => [name, { name: tensor, dtype: outputType }]),
            ),
          },
        },
      },
    ],
  });
  return messageType('SavedModel').encode(message).finish();
}

/** The mean over some axes, as the node `mean`. */
export function meanOver(axes: readonly number[], input = 'images', name = 'mean'): readonly NodeDef[] {
  const content = new Uint8Array(Int32Array.from(axes).buffer);
  const tensor = { dtype: dataTypes.int32, tensor_shape: shapeOf([axes.length]), tensor_content: content };
  return [
    { name: `${name}_axes`, op: 'Const', input: [], attr: { dtype: int32, value: { tensor } } },
    {
      name,
      op: 'Mean',
      input: [input, `${name}_axes`],
      attr: { T: float32, Tidx: int32, keep_dims: { b: false } },
    },
  ];
}

export function node(
  name: string,
  op: string,
  input: readonly string[],
  attr: Readonly<Record<string, AttributeValue>> = { T: float32 },
): NodeDef {
  return { name, op, input, attr };
}

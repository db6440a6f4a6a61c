import { isDeepStrictEqual } from 'node:util';

import { invariant, required } from '../../base/invariant.js';
import type { Parameter } from '../../networks/parameter.js';
import { tensorFlow } from '../library.js';
import type { Network } from '../network.js';
import { instantiate } from '../traced/fragment.js';
import { dataTypes, float32, Graph, int32, type NodeDef, type Output, shapeOf } from '../traced/graph.js';
import { record } from '../traced/recorder.js';
import { graphVersion } from '../traced/saved-model.js';
import { AnyBatch, type Constant, constantOf } from './any-batch.js';
import { type JsonNode, jsonNode, tensorInfo } from './graph-json.js';

/** What `tf.loadGraphModel` reads of a network beside its weights. */
export interface GraphModel {
  readonly modelTopology: {
    readonly versions: { readonly producer: number };
    readonly node: readonly JsonNode[];
  };
  readonly signature: Readonly<
    Record<'inputs' | 'outputs', Readonly<Record<string, ReturnType<typeof tensorInfo>>>>
  >;
  /** Axes, sizes and the like, by the names of their nodes. */
  readonly constants: Readonly<Record<string, Constant>>;
}

/** What a network's tensors are called. */
export interface GraphNames {
  readonly input: string;
  readonly output: string;
}

/** Any two: what is the same in both recordings has nothing to do with the batch. */
const sizes = [3, 5] as const;

/**
 * A network as a graph of TensorFlow.js, for batches of any size: from [batch, ...inputShape], and `classes` of [batch, classes]
 * where it is told some, to [batch, ...outputShape], all float32. Its weights are constants by their names.
 *
 * @returns undefined on the backend in JavaScript, with which nothing can be recorded.
 */
export function graphModelOf(network: Network, names: GraphNames, classes?: number): GraphModel | undefined {
  if (tensorFlow() === undefined) return undefined;
  const inputs = {
    [names.input]: network.inputShape,
    ...(classes !== undefined && { classes: [classes] }),
  };
  const weights = weightsOf(network);
  const [few, many] = sizes.map((size) => recorded(network, names, inputs, size));
  const graph = new Graph();
  for (const [name, shape] of Object.entries(inputs)) graph.placeholder(name, [-1, ...shape]);
  for (const { name, shape } of weights) graph.add(name, 'Const', [], constantAttributes(shape));
  const given = graph.nodes.length;
  const output = merged(graph, required(few, 'a recording'), required(many, 'a recording'), names.input);
  graph.add(names.output, 'Identity', [output], { T: float32 });
  const constants = graph.nodes.slice(given).flatMap((node) => {
    const constant = constantOf(node);
    return constant === undefined ? [] : [[node.name, constant] as const];
  });
  const infos = Object.entries(inputs).map(([name, shape]) => [name, tensorInfo(name, [-1, ...shape])]);
  return {
    modelTopology: { versions: { producer: graphVersion }, node: graph.nodes.map(jsonNode) },
    signature: {
      inputs: Object.fromEntries(infos) as GraphModel['signature']['inputs'],
      outputs: { [names.output]: tensorInfo(names.output, [-1, ...network.outputShape]) },
    },
    constants: Object.fromEntries(constants),
  };
}

const weightsOf = ({ parameters, buffers = [] }: Network): readonly Parameter[] => [
  ...parameters,
  ...buffers,
];

const constantAttributes = (shape: readonly number[]): NodeDef['attr'] => ({
  dtype: float32,
  value: {
    tensor: { dtype: dataTypes.float32, tensor_shape: shapeOf(shape), tensor_content: new Uint8Array() },
  },
});

interface Recorded {
  readonly nodes: ReadonlyMap<string, NodeDef>;
  /** In the order in which they were recorded, constants aside. */
  readonly operations: readonly NodeDef[];
  readonly output: Output;
}

function recorded(
  network: Network,
  { input, output }: GraphNames,
  inputs: Readonly<Record<string, readonly number[]>>,
  batch: number,
): Recorded {
  const graph = new Graph();
  const weights = weightsOf(network);
  const shapes = Object.fromEntries([
    ...weights.map(({ name, shape }) => [name, shape]),
    ...Object.entries(inputs).map(([name, shape]) => [name, [batch, ...shape]]),
  ]) as Readonly<Record<string, readonly number[]>>;
  invariant(
    Object.keys(shapes).length === weights.length + Object.keys(inputs).length,
    'two tensors share a name',
  );
  const fragment = record('a network for export', graph, shapes, (given) => ({
    [output]: network.forward(given, required(given[input], input), given['classes']),
  }));
  const itself = Object.fromEntries(Object.keys(shapes).map((name) => [name, name]));
  const found = instantiate(graph, fragment, 'graph', itself);
  return {
    nodes: new Map(graph.nodes.map((node) => [node.name, node])),
    operations: graph.nodes.filter(({ op }) => op !== 'Const'),
    output: required(found[output], output),
  };
}

function constantIn({ nodes }: Recorded, name = ''): Constant | undefined {
  const node = nodes.get(name);
  return node && constantOf(node);
}

/** Puts two recordings of one function, which differ by the size of the batch, into a graph as one. @returns its output. */
function merged(graph: Graph, few: Recorded, many: Recorded, input: Output): Output {
  const anyBatch = new AnyBatch(graph, sizes, input);
  invariant(few.operations.length === many.operations.length, 'operations depend on the size of the batch');
  for (const [index, node] of few.operations.entries()) {
    const other = required(many.operations[index], 'an operation');
    const isSame = node.name === other.name && isDeepStrictEqual(node.attr, other.attr);
    invariant(isSame, `${node.name} depends on the size of the batch`);
    const inputs = node.input.map((name, at) => {
      const constant = constantIn(few, name);
      const otherConstant = constantIn(many, other.input[at]);
      return constant === undefined || otherConstant === undefined
        ? name
        : anyBatch.constant([constant, otherConstant], node.op);
    });
    if (node.op === 'FusedBatchNormV3') addBatchNorm(graph, node, inputs);
    else graph.add(node.name, node.op, inputs, node.attr);
  }
  return few.output;
}

/**
 * Batch norm by the statistics of the batch at hand, from its formula: TensorFlow.js's own operation takes them as
 * inputs, whatever `is_training` says.
 */
function addBatchNorm(graph: Graph, { name, op, attr }: NodeDef, inputs: readonly Output[]): void {
  const [x = '', gamma = '', beta = ''] = inputs;
  const axes = graph.constant(Int32Array.of(0, 1, 2), [3]);
  const mean = (node: string, of: Output) =>
    graph.add(`${name}/${node}`, 'Mean', [of, axes], { T: float32, Tidx: int32, keep_dims: { b: false } });
  const centre = mean('mean', x);
  const centred = graph.add(`${name}/centred`, 'Sub', [x, centre], { T: float32 });
  const square = graph.add(`${name}/square`, 'Mul', [centred, centred], { T: float32 });
  const variance = mean('variance', square);
  graph.add(name, op, [x, gamma, beta, centre, variance], { ...attr, is_training: { b: false } });
}

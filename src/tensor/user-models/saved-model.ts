import { err, ok, type Result } from '../../base/result.js';
import { messageType } from '../messages.js';
import { tag } from '../traced/saved-model.js';
import type { ModelFault, NetworkPorts, WantedPorts } from './fault.js';
import { neededNodes, nodeOf } from './graph-parts.js';
import { allowedOperations } from './operations.js';
import { refusedOperations } from './refused-operations.js';
import { readsOnlyItsVariables } from './restoring.js';
import { calledFunctions } from './saved-functions.js';
import {
  decodedGraphs,
  type SavedFunction,
  type SavedGraph,
  type SavedNode,
} from './saved-model-messages.js';
import { savedModelPorts } from './saved-model-ports.js';

/** What of a user's SavedModel is needed, and safe to be loaded. */
export interface SoundSavedModel {
  /** A `saved_model.pb` of our own: with what the outputs need and what fills its variables, and nothing else. */
  readonly content: Uint8Array;
  /** Whether it must stand beside the model's own `variables` folder. */
  readonly hasVariables: boolean;
  readonly ports: NetworkPorts;
}

/**
 * Takes out of a SavedModel what some outputs need, where all of that is allowed. The user's own file is never given to
 * TensorFlow: two readers of one file may see different things in it, and what is loaded has to be what was looked at.
 *
 * Left out are what saves the model, other signatures, what initialises it beyond its variables, and where operations are
 * to be placed.
 */
export function soundSavedModel(
  bytes: Uint8Array,
  signature: string,
  wanted: WantedPorts,
): Result<SoundSavedModel, ModelFault> {
  const graph = decodedGraphs(bytes)?.find(({ meta_info_def }) => meta_info_def?.tags.join() === tag);
  const { graph_def: definition } = graph ?? {};
  if (!graph || !definition) {
    return err({
      at: 'path',
      message: `its saved_model.pb is damaged, or holds no graph with the tag \`${tag}\``,
      help: 'Export the model again, with `tf.saved_model.save` or `model.export`.',
    });
  }
  const ports = savedModelPorts(graph, signature, wanted);
  if (!ports.ok) return ports;
  const computing = computingPart(graph, ports.value);
  if (!computing.ok) return computing;
  const hasVariables = [
    ...computing.value.nodes,
    ...[...computing.value.functions.values()].flatMap(nodesOf),
  ].some(({ op }) => variableKinds.has(op));
  if (!hasVariables)
    return ok({ content: encoded(graph, computing.value), hasVariables, ports: ports.value });
  const filling = fillingPart(graph);
  if (!filling.ok) return filling;
  const content = encoded(
    graph,
    joined(definition.node, computing.value, filling.value),
    filling.value.saver,
  );
  return ok({ content, hasVariables, ports: ports.value });
}

interface Part {
  readonly nodes: readonly SavedNode[];
  readonly functions: ReadonlyMap<string, SavedFunction>;
}

const variableKinds: ReadonlySet<string> = new Set(['VarHandleOp', 'VariableV2', 'Variable']);

/** What the outputs need, from the input on. */
function computingPart(
  graph: SavedGraph,
  { input, features, logits }: NetworkPorts,
): Result<Part, ModelFault> {
  const roots = [features, ...(logits === undefined ? [] : [logits]), input.name].map(nodeOf);
  return part(graph, roots, [nodeOf(input.name)], allowedOperations.savedModel, 'compute with');
}

/** What TensorFlow runs when it loads the model, so that variables have their values. */
function fillingPart(
  graph: SavedGraph,
): Result<Part & { readonly saver: NonNullable<SavedGraph['saver_def']> }, ModelFault> {
  const { saver_def: saver } = graph;
  if (!saver || saver.restore_op_name === '') {
    return err({
      at: 'path',
      message: 'it has variables, and does not say how they are read from its files',
      help: 'Export the model again, with `tf.saved_model.save` or `model.export`.',
    });
  }
  const path = saver.filename_tensor_name;
  const roots = [saver.restore_op_name, path].map(nodeOf);
  const filling = part(graph, roots, [], allowedOperations.loading, 'be loaded with');
  if (!filling.ok) return filling;
  if (!readsOnlyItsVariables({ ...filling.value, path })) {
    return err({
      at: 'path',
      message: 'it reads variables from other files than its own',
      help: 'Export the model again, with `tf.saved_model.save` or `model.export`.',
    });
  }
  return ok({ ...filling.value, saver });
}

function part(
  { graph_def: definition }: SavedGraph,
  roots: readonly string[],
  stops: readonly string[],
  allowed: ReadonlySet<string>,
  purpose: string,
): Result<Part, ModelFault> {
  const library = new Map(definition?.library?.function.map((one) => [one.signature?.name ?? '', one]));
  const { nodes, missing } = neededNodes(definition?.node ?? [], roots, stops);
  const called = calledFunctions(nodes, library);
  const lacks = missing ?? called.missing;
  if (lacks !== undefined) {
    return err({ at: 'path', message: `its graph refers to \`${lacks}\`, which it does not hold` });
  }
  const bodies = [...called.functions.values()].flatMap(nodesOf);
  // A function by the name of an operation of TensorFlow’s could be taken for it.
  const isAllowed = (op: string) => allowed.has(op) || (op.startsWith('__') && called.functions.has(op));
  const refused = refusedOperations([...nodes, ...bodies], isAllowed, purpose);
  return refused ? err(refused) : ok({ nodes, functions: called.functions });
}

const nodesOf = ({ node_def }: SavedFunction): readonly SavedNode[] => node_def;

/** In the order of the file. */
function joined(all: readonly SavedNode[], a: Part, b: Part): Part {
  const names = new Set([...a.nodes, ...b.nodes].map(({ name }) => name));
  const nodes = new Map(all.filter(({ name }) => names.has(name)).map((node) => [node.name, node]));
  return { nodes: [...nodes.values()], functions: new Map([...a.functions, ...b.functions]) };
}

function encoded(graph: SavedGraph, { nodes, functions }: Part, saver?: SavedGraph['saver_def']): Uint8Array {
  const type = messageType('SavedModel');
  const message = {
    saved_model_schema_version: 1,
    meta_graphs: [
      {
        meta_info_def: { tags: [tag], tensorflow_version: graph.meta_info_def?.tensorflow_version ?? '' },
        graph_def: {
          node: nodes.map(unplaced),
          versions: graph.graph_def?.versions,
          library: {
            function: [...functions.values()].map((one) => ({
              ...one,
              node_def: one.node_def.map(unplaced),
            })),
          },
        },
        ...(saver && { saver_def: { ...saver, save_tensor_name: '' } }),
      },
    ],
  };
  return type.encode(message).finish();
}

/** Free of what says where, beside what, and how else it is to run: on the machine at hand, as everything else does. */
function unplaced(node: SavedNode): object {
  const attr = Object.fromEntries(Object.entries(node.attr).filter(([name]) => !placing.has(name)));
  return { name: node.name, op: node.op, input: node.input, attr };
}

const placing: ReadonlySet<string> = new Set(['_class', 'config', 'config_proto', 'executor_type']);

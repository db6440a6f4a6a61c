import { nodeOf } from './graph-parts.js';
import { functionsOf } from './saved-functions.js';
import type { SavedFunction, SavedNode } from './saved-model-messages.js';

/** The nodes and functions that fill a model's variables. */
interface Filling {
  readonly nodes: readonly SavedNode[];
  readonly functions: ReadonlyMap<string, SavedFunction>;
  /** The node that TensorFlow gives the path of the model's own variables. */
  readonly path: string;
}

/**
 * Whether all files that it reads are the model's own variables: what names them comes unchanged from the one tensor that
 * TensorFlow feeds with their path. A path written into the graph could be that of any file, or of a server.
 */
export function readsOnlyItsVariables({ nodes, functions, path }: Filling): boolean {
  const ofGraph = new Map(nodes.map((node) => [node.name, node]));
  const bodies = [...functions.values()];

  const isPathInGraph = (input: string, depth = 0): boolean => {
    const name = nodeOf(input);
    if (name === path) return true;
    const node = ofGraph.get(name);
    return node?.op === 'Identity' && depth < mostSteps && isPathInGraph(node.input[0] ?? '', depth + 1);
  };

  /** Inside of functions an input is an argument's name, or `node:output:0`. */
  const isPathInFunction = (owner: SavedFunction, input: string, depth = 0): boolean => {
    if (depth > mostSteps) return false;
    const [name = ''] = input.split(':');
    const node = owner.node_def.find((other) => other.name === name);
    if (node !== undefined) {
      return node.op === 'Identity' && isPathInFunction(owner, node.input[0] ?? '', depth + 1);
    }
    const place = argumentPlace(owner, name);
    if (place === undefined) return false;
    const called = owner.signature?.name ?? '';
    const calls = (node: SavedNode) => functionsOf(node, functions).includes(called);
    // Only calls that hand their inputs on as they are.
    const given = (node: SavedNode) =>
      plainCalls.has(node.op) || node.op === called ? node.input[place] : undefined;
    return (
      nodes.filter(calls).every((node) => isPathInGraph(given(node) ?? '')) &&
      bodies.every((body) =>
        body.node_def.filter(calls).every((node) => isPathInFunction(body, given(node) ?? '', depth + 1)),
      )
    );
  };

  return (
    nodes.filter(reads).every((node) => isPathInGraph(node.input[0] ?? '')) &&
    bodies.every((body) =>
      body.node_def.filter(reads).every((node) => isPathInFunction(body, node.input[0] ?? '')),
    )
  );
}

/** Of names that are handed on; real ones take two or three. */
const mostSteps = 20;

const plainCalls: ReadonlySet<string> = new Set(['PartitionedCall', 'StatefulPartitionedCall']);

const reads = ({ op }: SavedNode): boolean => op === 'RestoreV2';

/** Where an argument stands among the inputs of a call; undefined where lists stand before it. */
function argumentPlace({ signature }: SavedFunction, name: string): number | undefined {
  const inputs = signature?.input_arg ?? [];
  const place = inputs.findIndex((argument) => argument.name === name);
  const isPlain = inputs
    .slice(0, place + 1)
    .every(({ number_attr, type_list_attr }) => number_attr === '' && type_list_attr === '');
  return place >= 0 && isPlain ? place : undefined;
}

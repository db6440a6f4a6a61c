import { functionsOf } from './saved-functions.js';
import type { SavedFunction, SavedNode } from './saved-model-messages.js';

/** The nodes and functions that fill a model's variables. */
interface Filling {
  readonly nodes: readonly SavedNode[];
  readonly functions: ReadonlyMap<string, SavedFunction>;
  /** The tensor that TensorFlow gives the path of the model's own variables. */
  readonly path: string;
}

/** A graph: the model's own, or that of a function. */
interface Scope {
  /** Of a function. */
  readonly signature: SavedFunction['signature'] | undefined;
  /** Whether each name stands once: else it would be one tensor to us, and another to who computes. */
  readonly isClear: boolean;
  readonly nodes: ReadonlyMap<string, SavedNode>;
  /** Names of tensors that have to be the path, as far as they are known. */
  readonly asked: Set<string>;
}

/** A tensor, by the name that it has there. */
interface Place {
  readonly scope: Scope;
  readonly tensor: string;
}

/**
 * Whether all files that it reads are the model's own variables: what names them comes unchanged from the one tensor that
 * TensorFlow feeds with their path. A path written into the graph could be that of any file, or of a server.
 *
 * Each tensor is asked for once, whatever number of ways leads to it, so that no file makes this take long.
 */
export function readsOnlyItsVariables({ nodes, functions, path }: Filling): boolean {
  const graph = scopeOf(nodes);
  const scopes = [graph, ...[...functions.values()].map((one) => scopeOf(one.node_def, one.signature))];
  const fed = firstOutput(path);
  if (!scopes.every(({ isClear }) => isClear)) return false;
  // Where a node has more outputs than the one that is fed, it computes the others.
  if (fed === undefined || !ofOneOutput.has(graph.nodes.get(fed)?.op ?? '')) return false;

  const calls = callsIn(scopes, functions);
  const pending: Place[] = [];
  const ask = (scope: Scope, tensor: string): void => {
    if (scope.asked.has(tensor)) return;
    scope.asked.add(tensor);
    pending.push({ scope, tensor });
  };
  /** Whether it is the path, if what it comes from is, which is asked then. */
  const isPath = ({ scope, tensor }: Place): boolean => {
    const name = scope === graph ? firstOutput(tensor) : tensor.split(':')[0];
    if (name === undefined) return false;
    if (scope === graph && name === fed) return true;
    const node = scope.nodes.get(name);
    if (node !== undefined) {
      if (node.op !== 'Identity') return false;
      ask(scope, node.input[0] ?? '');
      return true;
    }
    const place = argumentPlace(scope, name);
    if (place === undefined) return false;
    const called = scope.signature?.name ?? '';
    for (const { by, node: call } of calls.get(called) ?? []) {
      // Only calls that hand their inputs on as they are.
      if (!plainCalls.has(call.op) && call.op !== called) return false;
      ask(by, call.input[place] ?? '');
    }
    return true;
  };

  for (const scope of scopes) {
    for (const node of scope.nodes.values()) if (reads(node)) ask(scope, node.input[0] ?? '');
  }
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    if (!isPath(place)) return false;
  }
  return true;
}

const ofOneOutput: ReadonlySet<string> = new Set(['Placeholder', 'PlaceholderWithDefault', 'Const']);

const plainCalls: ReadonlySet<string> = new Set(['PartitionedCall', 'StatefulPartitionedCall']);

const reads = ({ op }: SavedNode): boolean => op === 'RestoreV2';

function scopeOf(nodes: readonly SavedNode[], signature?: SavedFunction['signature']): Scope {
  const names = [...nodes, ...(signature?.input_arg ?? [])].map(({ name }) => name);
  return {
    signature,
    isClear: new Set(names).size === names.length,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    asked: new Set(),
  };
}

/** The node whose first output it is, as the graph names tensors: `name` or `name:0`. */
function firstOutput(tensor: string): string | undefined {
  return /^([^:^]+)(?::0)?$/.exec(tensor)?.[1];
}

/** By the function that is called. */
function callsIn(
  scopes: readonly Scope[],
  functions: Filling['functions'],
): ReadonlyMap<string, readonly { readonly by: Scope; readonly node: SavedNode }[]> {
  const calls = new Map<string, { readonly by: Scope; readonly node: SavedNode }[]>();
  for (const by of scopes) {
    for (const node of by.nodes.values()) {
      for (const called of functionsOf(node, functions)) {
        const known = calls.get(called) ?? [];
        known.push({ by, node });
        calls.set(called, known);
      }
    }
  }
  return calls;
}

/** Where an argument stands among the inputs of a call; undefined where lists stand before it. */
function argumentPlace({ signature }: Scope, name: string): number | undefined {
  const inputs = signature?.input_arg ?? [];
  const place = inputs.findIndex((argument) => argument.name === name);
  const isPlain = inputs
    .slice(0, place + 1)
    .every(({ number_attr, type_list_attr }) => number_attr === '' && type_list_attr === '');
  return place >= 0 && isPlain ? place : undefined;
}

import type { Attr, SavedFunction, SavedNode } from './saved-model-messages.js';

type Library = ReadonlyMap<string, SavedFunction>;

/** The names of functions that a node may call: as its operation, or by an attribute, at any depth. */
export function functionsOf(node: Pick<SavedNode, 'op' | 'attr'>, library: Library): readonly string[] {
  const called = Object.values(node.attr).flatMap(namesIn);
  return library.has(node.op) ? [node.op, ...called] : called;
}

function namesIn({ func, list }: Attr): readonly string[] {
  return [...(func ? [func] : []), ...(list?.func ?? [])].flatMap(({ name, attr }) => [
    name,
    ...Object.values(attr).flatMap(namesIn),
  ]);
}

/** All functions that nodes call, and those that these call. */
export function calledFunctions(
  nodes: readonly SavedNode[],
  library: Library,
): { readonly functions: ReadonlyMap<string, SavedFunction>; readonly missing: string | undefined } {
  const functions = new Map<string, SavedFunction>();
  const pending = nodes.flatMap((node) => functionsOf(node, library));
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (functions.has(name)) continue;
    const called = library.get(name);
    if (called === undefined) return { functions, missing: name };
    functions.set(name, called);
    pending.push(...called.node_def.flatMap((node) => functionsOf(node, library)));
  }
  return { functions, missing: undefined };
}

/** Of node_def.proto and its JSON form, what says how nodes hang together. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Outputs of other nodes, `name` or `name:1`, then `^name` for nodes that must have run before. */
  readonly input?: readonly string[];
}

/** The node that an input or a tensor is of: of `a`, `a:1` and `^a`, `a`. */
export function nodeOf(tensor: string): string {
  return tensor.replace(/^\^/, '').replace(/:\d+$/, '');
}

/**
 * The nodes that these need, themselves included, in the order of the graph.
 * @param stops Nodes that are fed: what they would need is not.
 * @returns the name of a node that is needed and not there, where one is.
 */
export function neededNodes<N extends GraphNode>(
  nodes: readonly N[],
  roots: readonly string[],
  stops: readonly string[] = [],
): { readonly nodes: readonly N[]; readonly missing: string | undefined } {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const needed = new Set<string>();
  const pending = [...roots];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (needed.has(name)) continue;
    const node = byName.get(name);
    if (node === undefined) return { nodes: [], missing: name };
    needed.add(name);
    if (!stops.includes(name)) pending.push(...(node.input ?? []).map(nodeOf));
  }
  // A name that stands twice would be one node to us and another to who computes.
  return { nodes: [...byName.values()].filter(({ name }) => needed.has(name)), missing: undefined };
}

import type { PositionedNode } from './document.js';

const known = new WeakMap<PositionedNode, number>();

/** Values in the tree below a node, itself included; parts that it shares count each time they occur. */
export function sizeOf(node: PositionedNode): number {
  const before = known.get(node);
  if (before !== undefined) return before;
  const size = childrenOf(node).reduce((sum, child) => sum + sizeOf(child), 1);
  known.set(node, size);
  return size;
}

function childrenOf(node: PositionedNode): readonly PositionedNode[] {
  switch (node.kind) {
    case 'map':
      return node.entries.map((entry) => entry.value);
    case 'list':
      return node.items;
    case 'scalar':
      return [];
  }
}

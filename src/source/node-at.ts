import type { PositionedNode } from './document.js';
import { valueOf } from './entries.js';

/** The node at a path of keys and indices, or undefined where the document has none. */
export function nodeAt(root: PositionedNode, path: readonly (string | number)[]): PositionedNode | undefined {
  let node: PositionedNode | undefined = root;
  for (const step of path) {
    if (node === undefined) return undefined;
    node = childOf(node, step);
  }
  return node;
}

function childOf(node: PositionedNode, step: string | number): PositionedNode | undefined {
  switch (node.kind) {
    case 'map':
      return typeof step === 'string' ? valueOf(node, step) : undefined;
    case 'list':
      return typeof step === 'number' ? node.items[step] : undefined;
    case 'scalar':
      return undefined;
  }
}

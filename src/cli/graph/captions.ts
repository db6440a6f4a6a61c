import { plural } from '../../base/format.js';
import type { GraphEdge, GraphNode } from '../../plan/stage-graph.js';

/** What stands below or beside a node's name, as in `train, 9 cells (clip, seed)`. */
export function nodeCaption({ kind, cells, axes }: GraphNode): string {
  return cells === 1 ? kind : `${kind}, ${plural(cells, 'cell')} (${Object.keys(axes).join(', ')})`;
}

/** The lines in a node of a drawing: the second only where it says more than the name. */
export function nodeLabel(node: GraphNode): readonly string[] {
  return node.cells === 1 && node.id.startsWith(node.kind) ? [node.id] : [node.id, nodeCaption(node)];
}

/** What is read: the field, and of a dataset the split, as in `reference (test)`. */
export function edgeCaption({ role, split }: GraphEdge): string {
  return split === undefined ? role : `${role} (${split})`;
}

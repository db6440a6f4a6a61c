import type { ModelFault } from './fault.js';
import type { GraphNode } from './graph-parts.js';
import { whyNot } from './operations.js';

const shown = 5;

/** What to say where a model has operations that it may not have; undefined where it has none. */
export function refusedOperations(
  nodes: readonly GraphNode[],
  isAllowed: (operation: string) => boolean,
  purpose: string,
): ModelFault | undefined {
  const refused = [...new Set(nodes.map(({ op }) => op).filter((op) => !isAllowed(op)))].sort();
  if (refused.length === 0) return undefined;
  const described = refused.slice(0, shown).map((op) => {
    const why = whyNot(op);
    return why === undefined ? `\`${op}\`` : `\`${op}\` (which ${why})`;
  });
  const more = refused.length > shown ? ` and ${refused.length - shown} more` : '';
  return {
    at: 'path',
    message: `it would ${purpose} ${refused.length === 1 ? 'an operation' : 'operations'} that no model may have here: ${described.join(', ')}${more}`,
    help: 'Export only what leads from images to features, in inference mode: without reading, decoding, augmenting or dropout.',
  };
}

import { Document, isMap, isScalar, isSeq, type Node } from 'yaml';

import { required } from '../base/invariant.js';
import { positionAt } from '../diagnostics/position.js';
import { printable } from '../diagnostics/printable.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedMap, PositionedNode } from './document.js';
import { recordedValue } from './plain-value.js';

/**
 * A document as YAML, each value followed by where it was written: `# mnist.yaml:12`. Of a value that `${...}` put
 * there, both places; of one that nobody wrote, that it is a default.
 */
export function printWithOrigins(root: PositionedMap): string {
  // Values that several places share would become anchors.
  const document = new Document(recordedValue(root), { aliasDuplicateObjects: false });
  comment(document.contents, root);
  return document.toString({ lineWidth: 0 });
}

function comment(yaml: Node | null, node: PositionedNode): void {
  switch (node.kind) {
    case 'scalar':
      if (isScalar(yaml)) yaml.comment = ` ${originOf(node)}`;
      break;
    case 'list':
      if (!isSeq<Node>(yaml)) return;
      if (node.items.length === 0) yaml.comment = ` ${originOf(node)}`;
      for (const [index, item] of node.items.entries()) {
        comment(required(yaml.items[index], 'an item of the printed list'), item);
      }
      break;
    case 'map':
      if (!isMap<Node, Node>(yaml)) return;
      if (node.entries.length === 0) yaml.comment = ` ${originOf(node)}`;
      for (const [index, { value }] of node.entries.entries()) {
        comment(required(yaml.items[index], 'a pair of the printed map').value, value);
      }
  }
}

/** As in `mnist.yaml:12`, or `default`. */
export function originOf({ range, from, inferred }: PositionedNode): string {
  if (inferred === true) return from ? `default, from ${place(from)}` : 'default';
  return from ? `${place(range)}, from ${place(from)}` : place(range);
}

function place({ source, start }: SourceRange): string {
  return `${printable(source.name)}:${positionAt(source, start).line}`;
}

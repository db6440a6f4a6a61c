import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedMap, PositionedNode } from './document.js';

/** A line of a document, and all of what begins on it: the values of its keys, its items of lists. */
export function extentFrom(root: PositionedMap, line: SourceRange): SourceRange {
  let { end } = line;
  const begins = ({ source, start }: SourceRange): boolean =>
    source === line.source && start >= line.start && start <= line.end;
  const cover = (from: SourceRange, value: PositionedNode): void => {
    // The value of an alias stands somewhere else.
    const isHere = value.range.source === from.source && value.range.start >= from.start;
    if (begins(from) && isHere) end = Math.max(end, value.range.end);
  };
  // Aliases share their values, which are looked at once.
  const seen = new Set<PositionedNode>();
  const visit = (node: PositionedNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    switch (node.kind) {
      case 'map':
        for (const { keyRange, value } of node.entries) {
          cover(keyRange, value);
          visit(value);
        }
        break;
      case 'list':
        for (const item of node.items) {
          cover(item.range, item);
          visit(item);
        }
        break;
      case 'scalar':
    }
  };
  visit(root);
  return { ...line, end };
}

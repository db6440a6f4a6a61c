import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedMap, PositionedNode } from './document.js';

export function entryOf(node: PositionedNode | undefined, key: string): PositionedEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

export function valueOf(node: PositionedNode | undefined, key: string): PositionedNode | undefined {
  return entryOf(node, key)?.value;
}

/** The text of a scalar that holds text, and of nothing else. */
export function textOf(node: PositionedNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/** The map with some of its entries' values replaced; the same map where none changes. */
export function mapEntries(
  map: PositionedMap,
  change: (entry: PositionedEntry) => PositionedNode,
): PositionedMap {
  const entries = map.entries.map((entry) => {
    const value = change(entry);
    return value === entry.value ? entry : { ...entry, value };
  });
  return entries.every((entry, index) => entry === map.entries[index]) ? map : { ...map, entries };
}

/** Where a document can be pointed at as a whole: its first key, in the file itself rather than in one that it extends. */
export function firstKeyRange(root: PositionedMap): SourceRange {
  const own = root.entries.find(({ keyRange }) => keyRange.source === root.range.source);
  return own?.keyRange ?? root.range;
}

import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedMap, PositionedNode } from './document.js';

export function entryOf(node: PositionedNode | undefined, key: string): PositionedEntry | undefined {
  if (node?.kind !== 'map') return undefined;
  const { entries } = node;
  return entries.length > fewEntries ? indexOf(entries).get(key) : entries.find((entry) => entry.key === key);
}

/** Up to so many are looked through faster than an index is made. */
const fewEntries = 32;

const indices = new WeakMap<readonly PositionedEntry[], ReadonlyMap<string, PositionedEntry>>();

/** Entries by their keys. The first of one key counts, as in a list that is looked through. */
function indexOf(entries: readonly PositionedEntry[]): ReadonlyMap<string, PositionedEntry> {
  const known = indices.get(entries);
  if (known) return known;
  const index = new Map(entries.toReversed().map((entry) => [entry.key, entry]));
  indices.set(entries, index);
  return index;
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

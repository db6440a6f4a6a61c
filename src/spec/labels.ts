import { quoted } from '../diagnostics/printable.js';
import type { PositionedEntry, PositionedMap, PositionedNode } from '../source/document.js';
import { entryOf, textOf, valueOf } from '../source/entries.js';

export type Path = readonly (string | number)[];

/** What the entries of a section are called. */
export const sectionNouns: Readonly<Record<string, string>> = {
  datasets: 'dataset',
  architectures: 'architecture',
  stages: 'stage',
};

/** The entry that the last key of a path names. */
export function entryAt(root: PositionedMap, path: Path): PositionedEntry | undefined {
  let node: PositionedNode | undefined = root;
  let found: PositionedEntry | undefined;
  for (const step of path) {
    if (typeof step === 'number') {
      node = node?.kind === 'list' ? node.items[step] : undefined;
    } else {
      found = entryOf(node, step);
      node = found?.value;
    }
  }
  return found;
}

/** The field at a path as its user knows it: by the key that was written, which may be a shorthand's. */
export function fieldLabel(root: PositionedMap, path: Path): string {
  const last = path.at(-1);
  const entry = entryAt(root, path);
  const field = entry ? quoted(writtenKey(entry)) : 'the pipeline';
  // A range of two numbers that was written as one is that number.
  if (typeof last !== 'number' || isSymmetric(root, path)) return field;
  return `item ${last + 1} of ${field}`;
}

/** The map at a path, with what it is: `a train stage`, ``optimizer` of type `adam`. */
export function mapLabel(root: PositionedMap, path: Path, node: PositionedNode): string {
  if (path.length === 0) return 'a pipeline';
  const type = textOf(valueOf(node, 'type'));
  const section = path.length === 2 ? sectionNouns[String(path[0])] : undefined;
  if (section !== undefined && type !== undefined) return `${withArticle(type)} ${section}`;
  const field = fieldLabel(root, path);
  return type === undefined ? field : `${field} of type ${quoted(type)}`;
}

function isSymmetric(root: PositionedMap, path: Path): boolean {
  const entry = entryAt(root, path);
  if (entry?.value.kind !== 'list') return false;
  const [low, high] = entry.value.items;
  return low !== undefined && low.range.start === high?.range.start;
}

/** The key of an entry as it stands in the file: a shorthand's, where one was written. */
export function writtenKey({ key, keyRange }: PositionedEntry): string {
  const written = keyRange.source.text.slice(keyRange.start, keyRange.end);
  // A key in quotes is its content; what is not a key at all is an inferred entry's place.
  return /^[\w-]+$/.test(written) ? written : key;
}

/** A word after its article: words that are spelt out take the sound of their first letter. */
export function withArticle(word: string): string {
  return `${/^(?:[aeiou]|mlp|rmsprop|sgd)/.test(word) ? 'an' : 'a'} ${word}`;
}

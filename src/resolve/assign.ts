import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { PositionedMap, PositionedNode } from '../source/document.js';
import { entryOf } from '../source/entries.js';
import { expandShorthands } from '../spec/shorthands.js';
import { childOf, pathText, stepsOf, type DocumentPath, type PathStep } from './document-path.js';
import { stageTypes } from './extended-blocks.js';
import { isWritten, unknownPath } from './known-path.js';
import { merge, mergeNodes } from './merge.js';

export interface Assignment {
  readonly path: DocumentPath;
  readonly value: PositionedNode;
  /** `a=1` changes what is there or known, `+a=1` adds what is not there, `++a=1` does either. */
  readonly mode: 'change' | 'add' | 'either';
}

export interface Assigned {
  readonly root: PositionedMap;
  readonly problems: readonly Diagnostic[];
}

/**
 * The document with one value assigned: merged over it at its path, by the same rule as an extending file. A
 * shorthand's path assigns what the shorthand stands for.
 */
export function assign(root: PositionedMap, { path, value, mode }: Assignment): Assigned {
  const refused =
    mode === 'change' ? unknownPath(root, path) : mode === 'add' ? alreadyThere(root, path) : undefined;
  if (refused) return { root, problems: [refused] };
  const overlay = overlayOf(root, path.steps, value);
  if (overlay?.kind !== 'map') return { root, problems: [] };
  const expanded = expandShorthands(overlay, stageTypes(root));
  return { root: merge(root, expanded.root), problems: expanded.problems };
}

function alreadyThere(root: PositionedMap, path: DocumentPath): Diagnostic | undefined {
  if (!isWritten(root, path)) return undefined;
  const name = pathText(stepsOf(path));
  return error('path-exists', {
    at: path.range,
    message: `${quoted(name)} is there already, and \`+\` adds what is not`,
    help: `write \`${name}=...\` to change it, or \`++${name}=...\` where it may be there or not`,
  });
}

/** What is merged over a document to put a value at a path. Lists are taken over whole, one item changed. */
function overlayOf(
  node: PositionedNode | undefined,
  [first, ...rest]: readonly PathStep[],
  value: PositionedNode,
): PositionedNode | undefined {
  if (!first) return value;
  const { step, range } = first;
  const child = childOf(node, step);
  const inner = overlayOf(child, rest, value);
  if (!inner) return undefined;
  if (typeof step === 'string') {
    // Only the value was written here: the maps around it stay where they are.
    const around = rest.length === 0 ? undefined : entryOf(node, step)?.keyRange;
    const entry = { key: step, keyRange: around ?? range, value: inner };
    return { kind: 'map', range: node?.range ?? value.range, entries: [entry] };
  }
  if (node?.kind !== 'list' || !child) return undefined;
  const changed = mergeNodes(undefined, child, inner);
  return { ...node, items: node.items.map((item, index) => (index === step ? changed : item)) };
}

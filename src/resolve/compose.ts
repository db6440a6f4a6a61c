import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { PositionedDocument, PositionedMap } from '../source/document.js';
import { canonicalPaths, expandShorthands } from '../spec/shorthands.js';
import { stepsOf, type DocumentPath } from './document-path.js';
import { stageTypes, writeOutBlocks } from './extended-blocks.js';
import { readExtendedFiles, type FileTree } from './extended-files.js';
import { merge } from './merge.js';
import type { ReadSource } from './read-source.js';
import { remove } from './remove.js';

export interface Composed {
  readonly root: PositionedMap;
  /** Each file as it was parsed, the document itself first. */
  readonly files: readonly PositionedMap[];
  readonly problems: readonly Diagnostic[];
  /** Whether all that is extended is there. Otherwise what is missing leaves other problems behind. */
  readonly isWhole: boolean;
}

/**
 * One document out of a file and all that it extends. Files come first, each in its canonical form, so that a
 * shorthand of one meets the long form of another; then the blocks that name each other, wherever they were written.
 */
export function compose(document: PositionedDocument, readSource: ReadSource): Composed {
  const { tree, problems } = readExtendedFiles(document, readSource);
  // A stage without a `type` of its own is one of the type that it ends up with.
  const types = stageTypes(merged(tree, (root) => root, []));
  const lacking: Diagnostic[] = [...problems];
  const conflicts: Diagnostic[] = [];
  const files = merged(
    tree,
    (root) => {
      const expanded = expandShorthands(root, types);
      conflicts.push(...expanded.problems);
      return expanded.root;
    },
    lacking,
  );
  const blocks = writeOutBlocks(files);
  lacking.push(...blocks.problems);
  return {
    root: blocks.root,
    files: [...rootsOf(tree)],
    problems: [...conflicts, ...lacking],
    isWhole: lacking.length === 0,
  };
}

function rootsOf({ root, bases }: FileTree, found = new Set<PositionedMap>()): ReadonlySet<PositionedMap> {
  // A file that is extended twice is one tree.
  if (found.has(root)) return found;
  found.add(root);
  for (const base of bases) rootsOf(base, found);
  return found;
}

/** Each file is merged once, however often it is extended. */
function merged(
  tree: FileTree,
  prepare: (root: PositionedMap) => PositionedMap,
  problems: Diagnostic[],
  known = new Map<FileTree, PositionedMap>(),
): PositionedMap {
  const before = known.get(tree);
  if (before) return before;
  const own = prepare(tree.root);
  const [first, ...others] = tree.bases.map((base) => merged(base, prepare, problems, known));
  const result = first ? merge(takenOut(others.reduce(merge, first), tree.removed, problems), own) : own;
  known.set(tree, result);
  return result;
}

function takenOut(
  base: PositionedMap,
  paths: readonly DocumentPath[],
  problems: Diagnostic[],
): PositionedMap {
  return paths.reduce((document, path) => {
    const removal = remove(document, path, canonicalPaths(stepsOf(path)));
    if (removal.problem) problems.push(removal.problem);
    return removal.root;
  }, base);
}

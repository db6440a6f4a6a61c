import { dirname, join, resolve } from 'node:path';

import { required } from '../base/invariant.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceText } from '../diagnostics/range.js';
import type {
  PositionedDocument,
  PositionedMap,
  PositionedNode,
  PositionedScalar,
} from '../source/document.js';
import { textOf, valueOf } from '../source/entries.js';
import { longestChain } from '../source/limits.js';
import { parseDocument } from '../source/parse-document.js';
import { parsePath, type DocumentPath } from './document-path.js';
import type { ReadFault, ReadSource } from './read-source.js';

/** A file with those that it extends, in order. */
export interface FileTree {
  /** Without `extends` and `remove`. */
  readonly root: PositionedMap;
  readonly bases: readonly FileTree[];
  /** What the file takes out of its bases. */
  readonly removed: readonly DocumentPath[];
}

/** One `extends` that is being followed. */
interface Edge {
  readonly from: SourceText;
  readonly scalar: PositionedScalar;
}

/** Reads a document's bases, and theirs. What cannot be read is a problem, and left out. */
export function readExtendedFiles(
  document: PositionedDocument,
  readSource: ReadSource,
): { readonly tree: FileTree; readonly problems: readonly Diagnostic[] } {
  const reader = new Reader(readSource);
  return { tree: reader.treeOf(document), problems: reader.problems };
}

class Reader {
  readonly problems: Diagnostic[] = [];
  private readonly readSource: ReadSource;
  private readonly known = new Map<string, FileTree | undefined>();
  private readonly following: Edge[] = [];

  constructor(readSource: ReadSource) {
    this.readSource = readSource;
  }

  treeOf({ source, root }: PositionedDocument): FileTree {
    const targets = scalarsIn(valueOf(root, 'extends'), 'extends', this.problems);
    const bases = targets.flatMap((scalar) => this.base({ from: source, scalar }) ?? []);
    // `remove` without `extends` is left where it is, and reported as the unknown key that it is then.
    if (!valueOf(root, 'extends')) return { root, bases, removed: [] };
    const removed = pathsIn(valueOf(root, 'remove'), this.problems);
    const entries = root.entries.filter(({ key }) => key !== 'extends' && key !== 'remove');
    return { root: { ...root, entries }, bases, removed };
  }

  private base(edge: Edge): FileTree | undefined {
    const { from, scalar } = edge;
    const written = textOf(scalar) ?? '';
    if (written.includes('${')) {
      this.problems.push(expressionInExtends(scalar));
      return undefined;
    }
    const path = resolve(dirname(from.path), written);
    const start = [...this.following, edge].findIndex((followed) => followed.from.path === path);
    if (start !== -1) {
      this.problems.push(fileCycle([...this.following, edge].slice(start)));
      return undefined;
    }
    if (this.known.has(path)) return this.known.get(path);
    if (this.following.length >= longestChain) {
      this.problems.push(chainTooLong(scalar));
      return undefined;
    }
    this.following.push(edge);
    const tree = this.read(path, scalar);
    this.following.pop();
    this.known.set(path, tree);
    return tree;
  }

  private read(path: string, scalar: PositionedScalar): FileTree | undefined {
    const source = this.readSource(path);
    if (!source.ok) {
      this.problems.push(unreadable(scalar, source.error));
      return undefined;
    }
    const document = parseDocument(source.value);
    if (document.ok) return this.treeOf(document.value);
    this.problems.push(...document.error);
    return undefined;
  }
}

/** The texts that `extends` or `remove` lists; one may stand by itself. */
export function scalarsIn(
  node: PositionedNode | undefined,
  key: 'extends' | 'remove',
  problems: Diagnostic[],
): readonly PositionedScalar[] {
  if (node === undefined) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '') return [item];
    problems.push(
      error('wrong-type', {
        at: item.range,
        message: `${quoted(key)} must be text, or a list of texts`,
        help:
          key === 'extends'
            ? 'at the top of the file write `extends: ./base.yaml`, for example; in a stage, `extends: stages.train`'
            : 'write `remove: [stages.train.snapshots]`, for example',
      }),
    );
    return [];
  });
}

/** The paths that `remove` lists. */
export function pathsIn(node: PositionedNode | undefined, problems: Diagnostic[]): readonly DocumentPath[] {
  return scalarsIn(node, 'remove', problems).flatMap((scalar) => {
    const path = parsePath(textOf(scalar) ?? '', scalar.range);
    if (path) return [path];
    problems.push(
      error('unknown-path', {
        at: scalar.range,
        message: `${quoted(textOf(scalar) ?? '')} is not a path`,
        help: 'write names with dots between them, as in `stages.train.snapshots`',
      }),
    );
    return [];
  });
}

export function chainTooLong({ range }: PositionedScalar): Diagnostic {
  return error('too-deep', {
    at: range,
    message: `this is extended through more than ${longestChain} others`,
    help: 'extend what holds the values itself',
  });
}

export function expressionInExtends({ range }: PositionedScalar): Diagnostic {
  return error('extends-target', {
    at: range,
    message: '`extends` cannot hold an expression: it is followed before expressions are replaced',
    help: 'write the file or block itself',
  });
}

function unreadable(scalar: PositionedScalar, fault: ReadFault): Diagnostic {
  const text = textOf(scalar) ?? '';
  const written = quoted(text);
  const at = scalar.range;
  switch (fault.reason) {
    case 'missing':
      return error('extends-target', {
        at,
        message: `there is no file ${written}`,
        help:
          fault.near === undefined
            ? 'paths count from the folder of the file that writes them'
            : `did you mean ${quoted(join(dirname(text), fault.near))}?`,
      });
    case 'outside':
      return error('extends-outside-project', {
        at,
        message: `${written} lies outside the project, and a pipeline extends files of its project only`,
        help: `copy the file into ${fault.project}`,
      });
    case 'unreadable':
      return error('extends-target', {
        at,
        message: `${written} ${fault.detail}`,
        help: 'name a pipeline file',
      });
  }
}

function fileCycle(edges: readonly Edge[]): Diagnostic {
  const [first, ...others] = edges;
  const { from, scalar } = required(first, 'an edge of the cycle');
  return error('extends-cycle', {
    at: scalar.range,
    message:
      others.length === 0
        ? `${quoted(from.name)} extends itself`
        : `${quoted(from.name)} extends itself, through ${others.map((edge) => quoted(edge.from.name)).join(' and ')}`,
    notes: others.map((edge) => ({
      message: `${quoted(edge.from.name)} extends ${quoted(textOf(edge.scalar) ?? '')}`,
      range: edge.scalar.range,
    })),
    help: 'take one of these out; what both need goes into a third file',
  });
}

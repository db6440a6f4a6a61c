import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Alias,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';

import { formatCount } from '../base/format.js';
import { required } from '../base/invariant.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange, SourceText } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedMap, PositionedNode } from './document.js';
import { deepest, mostAddedNodes } from './limits.js';
import { sizeOf } from './size.js';

interface Builder {
  readonly source: SourceText;
  /** Where in the source the YAML starts. */
  readonly offset: number;
  readonly problems: Diagnostic[];
  /** Built nodes, so that an alias shares the node of its anchor. */
  readonly built: Map<Node, PositionedNode>;
  /** The latest node above with each anchor. */
  readonly anchors: Map<string, Node>;
  /** The nodes that the one at hand is part of. */
  readonly open: Set<Node>;
  addedByAliases: number;
}

/**
 * The positioned form of a syntactically sound document. The root is undefined where it is at fault itself.
 * @param offset Where in the source the document starts.
 */
export function buildTree(
  source: SourceText,
  contents: Node,
  offset = 0,
): { root: PositionedNode | undefined; problems: readonly Diagnostic[] } {
  const builder: Builder = {
    source,
    offset,
    problems: [],
    built: new Map(),
    anchors: new Map(),
    open: new Set(),
    addedByAliases: 0,
  };
  return { root: build(builder, contents), problems: builder.problems };
}

/** Undefined where the node is at fault, which is reported then. */
function build(builder: Builder, node: Node): PositionedNode | undefined {
  if (isAlias(node)) return buildAlias(builder, node);
  const range = rangeOf(builder, node);
  if (node.tag !== undefined) {
    builder.problems.push(
      error('yaml-tag', {
        at: tagRange(builder, node),
        message: `the tag ${quoted(node.tag.replace('tag:yaml.org,2002:', '!!'))} is not supported`,
        help: 'leave the tag out; quote a value to make it text',
      }),
    );
    return undefined;
  }
  if (builder.open.size >= deepest) {
    builder.problems.push(
      error('too-deep', { at: range, message: `this is nested more than ${deepest} levels deep` }),
    );
    return undefined;
  }
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  if (anchor !== undefined) builder.anchors.set(anchor, node);
  builder.open.add(node);
  const result = buildValue(builder, node, range);
  builder.open.delete(node);
  if (result) builder.built.set(node, result);
  return result;
}

function buildValue(builder: Builder, node: Node, range: SourceRange): PositionedNode | undefined {
  if (isMap(node)) return buildMap(builder, node, range);
  if (isSeq(node)) {
    const items = node.items.map((item) => build(builder, item as Node));
    return { kind: 'list', range, items: items.filter((item) => item !== undefined) };
  }
  const value = isScalar(node) ? node.value : null;
  const isCore = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return { kind: 'scalar', range, value: isCore ? value : null };
}

function buildMap(builder: Builder, map: YAMLMap, range: SourceRange): PositionedMap {
  const written = new Map<string, PositionedEntry>();
  const merged = new Map<string, PositionedEntry>();
  for (const pair of map.items as Pair<Node, Node | null>[]) {
    const entry = buildEntry(builder, pair);
    if (!entry) continue;
    const earlier = written.get(entry.key);
    if (earlier) {
      builder.problems.push(
        error('duplicate-key', {
          at: entry.keyRange,
          message: `${quoted(entry.key)} is written twice in this map`,
          notes: [{ message: 'first written here', range: earlier.keyRange }],
          help: 'keep one of the two',
        }),
      );
      continue;
    }
    written.set(entry.key, entry);
    if (entry.key === '<<' && isPlain(pair.key)) {
      for (const base of mergedMaps(builder, entry)) {
        // The first map that has a key wins, and what the map writes itself wins over all of them.
        for (const inherited of base.entries) {
          if (!merged.has(inherited.key)) merged.set(inherited.key, inherited);
        }
        addSize(builder, base, entry.value.range);
      }
      merged.delete('<<');
    }
  }
  const merges = map.items.some((pair) => isPlain((pair as Pair<Node>).key));
  const own = [...written.values()].filter(({ key }) => !(merges && key === '<<'));
  const inherited = [...merged.values()].filter((entry) => !written.has(entry.key));
  return { kind: 'map', range, entries: [...inherited, ...own] };
}

function isPlain(key: Node): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
}

function buildEntry(builder: Builder, pair: Pair<Node, Node | null>): PositionedEntry | undefined {
  const keyRange = rangeOf(builder, pair.key);
  if (!isScalar(pair.key) || typeof pair.key.value !== 'string') {
    const written = builder.source.text.slice(keyRange.start, keyRange.end);
    builder.problems.push(
      error('yaml-key', {
        at: keyRange,
        message:
          written === '' ? 'a key is missing before the colon' : `the key ${quoted(written)} is not text`,
        help:
          isScalar(pair.key) && written !== '' ? `quote it: '${written}'` : 'write a word before the colon',
      }),
    );
    return undefined;
  }
  const key = pair.key.value;
  const value = pair.value === null ? undefined : build(builder, pair.value);
  if (pair.value !== null && value === undefined) return undefined;
  // A key without a value has nothing to point at but itself.
  if (value === undefined || (value.kind === 'scalar' && value.range.start === value.range.end)) {
    return { key, keyRange, value: { kind: 'scalar', range: keyRange, value: null } };
  }
  return { key, keyRange, value };
}

function mergedMaps(builder: Builder, { value }: PositionedEntry): readonly PositionedMap[] {
  const bases = value.kind === 'list' ? value.items : [value];
  return bases.flatMap((base) => {
    if (base.kind === 'map') return [base];
    builder.problems.push(
      error('yaml-merge', {
        at: base.range,
        message: '`<<` can merge maps only',
        help: 'name an anchor that stands before a map, as in `<<: *base`, or a list of such',
      }),
    );
    return [];
  });
}

function buildAlias(builder: Builder, alias: Alias): PositionedNode | undefined {
  const range = rangeOf(builder, alias);
  const target = builder.anchors.get(alias.source);
  if (!target || builder.open.has(target)) {
    builder.problems.push(
      error('yaml-alias', {
        at: range,
        message: target
          ? `${quoted(`*${alias.source}`)} stands inside the value that it names`
          : `no anchor ${quoted(`&${alias.source}`)} stands above this alias`,
        help: target
          ? 'a value cannot contain itself; name another anchor'
          : `put ${quoted(`&${alias.source}`)} before the value that is meant`,
      }),
    );
    return undefined;
  }
  const node = builder.built.get(target);
  // A target that is at fault itself was reported there.
  if (node) addSize(builder, node, range);
  return node;
}

function addSize(builder: Builder, node: PositionedNode, at: SourceRange): void {
  const before = builder.addedByAliases;
  builder.addedByAliases += sizeOf(node);
  if (before <= mostAddedNodes && builder.addedByAliases > mostAddedNodes) {
    builder.problems.push(
      error('too-large', {
        at,
        message: `with this alias, aliases stand for more than ${formatCount(mostAddedNodes)} values`,
        help: 'alias smaller values, or fewer times',
      }),
    );
  }
}

/** Without the line breaks, spaces and comments that follow a block. */
function rangeOf(builder: Builder, node: Node): SourceRange {
  const { source, offset } = builder;
  const start = required(node.range, 'range of a parsed YAML node')[0] + offset;
  const end = Math.max(start, endOf(node) + offset);
  return { source, start, end: start + source.text.slice(start, end).trimEnd().length };
}

function endOf(node: Node): number {
  const [, end] = required(node.range, 'range of a parsed YAML node');
  if ((!isMap(node) && !isSeq(node)) || node.flow === true) return end;
  const last: unknown = node.items.at(-1);
  if (isPair(last)) return isNode(last.value) ? endOf(last.value) : end;
  return isNode(last) ? endOf(last) : end;
}

function tagRange(builder: Builder, node: Node): SourceRange {
  const { start } = rangeOf(builder, node);
  const { source } = builder;
  const tag = source.text[start] === '!' ? start : source.text.lastIndexOf('!', start);
  const bang = source.text[tag - 1] === '!' ? tag - 1 : tag;
  const length = /^!\S*/.exec(source.text.slice(bang))?.[0].length ?? 1;
  return { source, start: bang, end: bang + length };
}

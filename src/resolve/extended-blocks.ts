import { required } from '../base/invariant.js';
import { nearest } from '../base/suggest.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted, quotedList } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { PositionedEntry, PositionedMap, PositionedNode, PositionedScalar } from '../source/document.js';
import { entryOf, mapEntries, textOf, valueOf } from '../source/entries.js';
import { longestChain } from '../source/limits.js';
import { sectionNouns } from '../spec/labels.js';
import { canonicalFields } from '../spec/shorthands.js';
import { stepsOf } from './document-path.js';
import { chainTooLong, expressionInExtends, pathsIn, scalarsIn } from './extended-files.js';
import { mergeDeclarations } from './merge.js';
import { remove } from './remove.js';

/**
 * Writes out `extends: stages.wgan` inside datasets, architectures and stages: the blocks that are named, left to
 * right, without what `remove` takes out, and the block itself over them.
 */
export function writeOutBlocks(root: PositionedMap): {
  readonly root: PositionedMap;
  readonly problems: readonly Diagnostic[];
} {
  const problems: Diagnostic[] = [];
  const written = mapEntries(root, ({ key, value }) => {
    if (!Object.hasOwn(sectionNouns, key) || value.kind !== 'map') return value;
    const section = new Section(key, value, problems);
    return mapEntries(value, (entry) => section.writtenOut(entry));
  });
  return { root: written, problems };
}

/** The `type` of each stage, its own or that of the block that it extends. */
export function stageTypes(root: PositionedMap): ReadonlyMap<string, string> {
  const stages = valueOf(root, 'stages');
  const known = new Map<string, string | undefined>();
  const typeOf = (name: string, seen: readonly string[]): string | undefined => {
    const stage = valueOf(stages, name);
    const own = textOf(valueOf(stage, 'type'));
    // Circles and longer chains are told where blocks are written out.
    if (own !== undefined || seen.includes(name) || seen.length > longestChain) return own;
    if (known.has(name)) return known.get(name);
    const bases = scalarsIn(valueOf(stage, 'extends'), 'extends', []).map((scalar) => textOf(scalar) ?? '');
    const type = bases
      .map((base) => typeOf(base.replace(/^stages\./, ''), [...seen, name]))
      .findLast((found) => found !== undefined);
    known.set(name, type);
    return type;
  };
  const names = stages?.kind === 'map' ? stages.entries.map(({ key }) => key) : [];
  return new Map(
    names.flatMap((name) => {
      const type = typeOf(name, []);
      return type === undefined ? [] : [[name, type] as const];
    }),
  );
}

/** One `extends` that is being followed. */
interface Edge {
  readonly from: string;
  readonly scalar: PositionedScalar;
}

class Section {
  private readonly name: string;
  private readonly map: PositionedMap;
  private readonly problems: Diagnostic[];
  private readonly known = new Map<string, PositionedNode>();
  private readonly following: Edge[] = [];

  constructor(name: string, map: PositionedMap, problems: Diagnostic[]) {
    this.name = name;
    this.map = map;
    this.problems = problems;
  }

  writtenOut({ key, value }: PositionedEntry): PositionedNode {
    const known = this.known.get(key);
    if (known) return known;
    const result = value.kind === 'map' && entryOf(value, 'extends') ? this.extended(key, value) : value;
    this.known.set(key, result);
    return result;
  }

  private extended(from: string, block: PositionedMap): PositionedNode {
    const targets = scalarsIn(valueOf(block, 'extends'), 'extends', this.problems);
    const bases = targets.flatMap((scalar) => this.base({ from, scalar }) ?? []);
    const entries = block.entries.filter(({ key }) => key !== 'extends' && key !== 'remove');
    const own: PositionedMap = { ...block, entries };
    const [first, ...others] = bases;
    if (!first) return own;
    const merged = others.reduce((base, over) => mergeDeclarations(base, over, this.name), first);
    const kept = pathsIn(valueOf(block, 'remove'), this.problems).reduce((base, path) => {
      const removal = remove(base, path, this.name === 'stages' ? canonicalFields(stepsOf(path)) : undefined);
      if (removal.problem) this.problems.push(removal.problem);
      return removal.root;
    }, merged);
    return mergeDeclarations(kept, own, this.name);
  }

  private base(edge: Edge): PositionedMap | undefined {
    const text = textOf(edge.scalar) ?? '';
    if (text.includes('${')) {
      this.problems.push(expressionInExtends(edge.scalar));
      return undefined;
    }
    if (!text.startsWith(`${this.name}.`)) {
      this.problems.push(this.wrongSection(edge.scalar, text));
      return undefined;
    }
    const name = text.slice(this.name.length + 1);
    const entry = entryOf(this.map, name);
    if (!entry) {
      this.problems.push(this.unknown(edge, name));
      return undefined;
    }
    const edges = [...this.following, edge];
    const start = edges.findIndex(({ from }) => from === name);
    if (start !== -1) {
      this.problems.push(blockCycle(this.name, edges.slice(start)));
      return undefined;
    }
    if (this.following.length >= longestChain) {
      this.problems.push(chainTooLong(edge.scalar));
      return undefined;
    }
    this.following.push(edge);
    const base = this.writtenOut(entry);
    this.following.pop();
    return base.kind === 'map' ? base : undefined;
  }

  private wrongSection({ range }: PositionedScalar, text: string): Diagnostic {
    const noun = sectionNouns[this.name] ?? 'block';
    const meant = entryOf(this.map, text);
    return error('extends-target', {
      at: range,
      message: `${quoted(text)} is not a ${noun}, and a ${noun} extends others of its kind`,
      help: meant
        ? `write \`${this.name}.${text}\``
        : `write \`extends: ${this.name}.name\`; files are extended at the top of the file`,
    });
  }

  private unknown({ from, scalar }: Edge, name: string): Diagnostic {
    const names = this.map.entries.map(({ key }) => key).filter((key) => key !== from);
    const meant = nearest(name, names);
    const paths = names.map((key) => `${this.name}.${key}`);
    return error('unknown-reference', {
      at: scalar.range,
      message: `there is no ${sectionNouns[this.name] ?? 'block'} ${quoted(name)}`,
      help:
        meant !== undefined
          ? `did you mean ${quoted(`${this.name}.${meant}`)}?`
          : names.length === 0
            ? 'there is no other to extend'
            : `name ${quotedList(paths, 'or')}`,
    });
  }
}

function blockCycle(section: string, edges: readonly Edge[]): Diagnostic {
  const [first, ...others] = edges;
  const { from, scalar } = required(first, 'an edge of the cycle');
  const noun = sectionNouns[section] ?? 'block';
  return error('extends-cycle', {
    at: scalar.range,
    message:
      others.length === 0
        ? `${noun} ${quoted(from)} extends itself`
        : `${noun} ${quoted(from)} extends itself, through ${others.map((edge) => quoted(edge.from)).join(' and ')}`,
    notes: others.map((edge) => ({
      message: `${quoted(edge.from)} extends ${quoted(textOf(edge.scalar) ?? '')}`,
      range: edge.scalar.range,
    })),
    help: 'take one of these out',
  });
}

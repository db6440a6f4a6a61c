import { formatCount } from '../base/format.js';
import { required } from '../base/invariant.js';
import { err } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedMap, PositionedNode, PositionedScalar } from '../source/document.js';
import { mapEntries, valueOf } from '../source/entries.js';
import { longestText, mostAddedNodes } from '../source/limits.js';
import { sizeOf } from '../source/size.js';
import { readEnvironment, type Environment } from './environment.js';
import { parseExpression } from './expression.js';
import { lookUp } from './look-up.js';
import { parseTemplate, type TemplatePart } from './template.js';

type ExpressionPart = Extract<TemplatePart, { kind: 'expression' }>;

export interface Substituted {
  /** Without `vars` and `x-` keys, which are there to be referred to. */
  readonly root: PositionedMap;
  readonly problems: readonly Diagnostic[];
  /** Names under `vars` that something refers to. */
  readonly usedVariables: ReadonlySet<string>;
}

/**
 * Replaces `${...}` everywhere. A text that is one whole expression becomes the value that is referred to, type
 * and all; an expression inside a text becomes text. What cannot be replaced is reported and left `unresolved`.
 */
export function substitute(root: PositionedMap, environment: Environment): Substituted {
  const substitution = new Substitution(root, environment);
  const variables = valueOf(root, 'vars');
  // Variables that nothing uses are replaced as well: their mistakes are mistakes.
  if (variables) substitution.resolve(variables);
  const kept = {
    ...root,
    entries: root.entries.filter(({ key }) => key !== 'vars' && !key.startsWith('x-')),
  };
  const resolved = mapEntries(kept, ({ value }) => substitution.resolve(value));
  return { root: resolved, problems: substitution.problems, usedVariables: substitution.usedVariables };
}

/** A reference that is being followed: an edge of a cycle, if it turns out to be one. */
interface Edge {
  readonly scalar: PositionedScalar;
  readonly at: SourceRange;
  readonly written: string;
}

class Substitution {
  readonly problems: Diagnostic[] = [];
  readonly usedVariables = new Set<string>();
  private readonly root: PositionedMap;
  private readonly environment: Environment;
  private readonly resolved = new Map<PositionedNode, PositionedNode>();
  private readonly following: Edge[] = [];
  private added = 0;

  constructor(root: PositionedMap, environment: Environment) {
    this.root = root;
    this.environment = environment;
  }

  resolve(node: PositionedNode): PositionedNode {
    const known = this.resolved.get(node);
    if (known) return known;
    const result = this.resolveNew(node);
    this.resolved.set(node, result);
    return result;
  }

  private resolveNew(node: PositionedNode): PositionedNode {
    switch (node.kind) {
      case 'map':
        return mapEntries(node, ({ value }) => this.resolve(value));
      case 'list': {
        const items = node.items.map((item) => this.resolve(item));
        return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
      }
      case 'scalar':
        return typeof node.value === 'string' && node.value.includes('${')
          ? this.resolveText(node, node.value)
          : node;
    }
  }

  private resolveText(scalar: PositionedScalar, text: string): PositionedNode {
    const parts = parseTemplate(text);
    const [first] = parts;
    if (parts.length === 1 && first?.kind === 'expression') {
      const at = expressionRange(scalar, first);
      const value = this.evaluate(scalar, first, at);
      if (!value) return unresolved(scalar);
      return {
        ...value,
        range: scalar.range,
        ...(value.range !== at && { from: value.from ?? value.range }),
      };
    }
    const pieces = parts.map((part) =>
      part.kind === 'text'
        ? { value: part.text, shown: part.text, writtenAt: scalar.range }
        : this.evaluateInText(scalar, part),
    );
    const sound = pieces.filter((piece) => piece !== undefined);
    if (sound.length < pieces.length) return unresolved(scalar);
    const value = sound.map((piece) => piece.value).join('');
    if (value.length > longestText) {
      this.problems.push(
        error('too-large', {
          at: scalar.range,
          message: `this text becomes longer than ${formatCount(longestText)} characters`,
          help: 'refer to shorter values, or fewer times',
        }),
      );
      return unresolved(scalar);
    }
    const shown = sound.map((piece) => piece.shown).join('');
    // What another file wrote at the beginning decides where a path counts from.
    const from = sound[0]?.writtenAt;
    const literal: PositionedScalar = {
      kind: 'scalar',
      range: scalar.range,
      value,
      ...(from && from.source !== scalar.range.source && { from }),
    };
    return parts.some((part) => part.kind === 'expression') && shown !== value
      ? { ...literal, shown }
      : literal;
  }

  private evaluateInText(
    scalar: PositionedScalar,
    part: ExpressionPart,
  ): { readonly value: string; readonly shown: string; readonly writtenAt: SourceRange } | undefined {
    const at = expressionRange(scalar, part);
    const node = this.evaluate(scalar, part, at);
    if (!node) return undefined;
    if (node.kind === 'scalar' && node.value !== null) {
      const value = String(node.value);
      return { value, shown: node.shown ?? value, writtenAt: node.from ?? node.range };
    }
    const what = node.kind === 'scalar' ? 'empty' : `a ${node.kind}`;
    this.problems.push(
      error('variable-in-text', {
        at,
        message: `${quoted(part.written)} is ${what}, which cannot be put into a text`,
        notes: [{ message: 'the value comes from here', range: node.range }],
        help: 'refer to a single value, or let the expression be the whole value',
      }),
    );
    return undefined;
  }

  /** Undefined where the expression is at fault, which is reported then. */
  private evaluate(
    scalar: PositionedScalar,
    part: ExpressionPart,
    at: SourceRange,
  ): PositionedNode | undefined {
    const expression = part.closed ? parseExpression(part.body) : err('is never closed');
    if (!expression.ok) {
      this.problems.push(malformed(at, expression.error));
      return undefined;
    }
    if (expression.value.kind === 'environment') {
      const value = readEnvironment(this.environment, expression.value, at);
      if (value.ok) return { kind: 'scalar', range: at, value: value.value, shown: part.written };
      this.problems.push(value.error);
      return undefined;
    }
    return this.follow({ scalar, at, written: part.written }, expression.value.path);
  }

  private follow(edge: Edge, path: readonly (string | number)[]): PositionedNode | undefined {
    const cycleStart = this.following.findIndex(({ scalar }) => scalar === edge.scalar);
    if (cycleStart !== -1) {
      this.problems.push(cycle(this.following.slice(cycleStart)));
      return undefined;
    }
    this.markUsed(path);
    this.following.push(edge);
    const found = lookUp({ ...edge, root: this.root, path, resolve: (scalar) => this.resolve(scalar) });
    const target = found.ok ? this.resolve(found.value) : undefined;
    this.following.pop();
    if (!found.ok && found.error) this.problems.push(found.error);
    if (!target || (target.kind === 'scalar' && target.unresolved === true)) return undefined;
    return this.isTooLarge(target, edge.at) ? undefined : target;
  }

  private markUsed([scope, name]: readonly (string | number)[]): void {
    if (scope !== 'vars') return;
    const variables = valueOf(this.root, 'vars');
    const all = variables?.kind === 'map' ? variables.entries.map(({ key }) => key) : [];
    for (const used of typeof name === 'string' ? [name] : all) this.usedVariables.add(used);
  }

  private isTooLarge(target: PositionedNode, at: SourceRange): boolean {
    const before = this.added;
    this.added += sizeOf(target);
    if (this.added <= mostAddedNodes) return false;
    if (before <= mostAddedNodes) {
      this.problems.push(
        error('too-large', {
          at,
          message: `with this expression, variables stand for more than ${formatCount(mostAddedNodes)} values`,
          help: 'refer to smaller values, or fewer times',
        }),
      );
    }
    return true;
  }
}

/** A clause that follows "this expression", as a problem. */
function malformed(at: SourceRange, what: string): Diagnostic {
  return error('expression-syntax', {
    at,
    message: `this expression ${what}`,
    help: 'write `${vars.name}`, `${vars.list[0]}`, `${seed}` or `${env:NAME,default}`; a literal `${` is written `\\${`',
  });
}

/** At the first edge, with the others as notes. */
function cycle(edges: readonly Edge[]): Diagnostic {
  const first = required(edges[0], 'an edge of the cycle');
  const others = edges.slice(1);
  return error('variable-cycle', {
    at: first.at,
    message:
      others.length === 0
        ? `${quoted(first.written)} refers to itself`
        : `${quoted(first.written)} refers to itself, through ${others.length} more`,
    notes: others.map((edge) => ({ message: `which refers to ${quoted(edge.written)}`, range: edge.at })),
    help: 'write the value out in one of these places',
  });
}

function unresolved(scalar: PositionedScalar): PositionedScalar {
  return { kind: 'scalar', range: scalar.range, value: null, unresolved: true };
}

/** Where the expression stands inside its text; the whole text where escapes in quotes hide the place. */
function expressionRange(scalar: PositionedScalar, part: ExpressionPart): SourceRange {
  const { source, start, end } = scalar.range;
  const written = source.text.slice(start, end);
  let at = written.indexOf('${');
  for (let index = 0; index < part.index; index += 1) at = written.indexOf('${', at + 2);
  return at !== -1 && written.startsWith(part.written, at)
    ? { source, start: start + at, end: start + at + part.written.length }
    : scalar.range;
}

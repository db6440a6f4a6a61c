import { err } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedMap, PositionedNode, PositionedScalar } from '../source/document.js';
import { mapEntries, valueOf } from '../source/entries.js';
import { deepest, longestChain, longestText, mostAddedNodes } from '../source/limits.js';
import { sizeOf } from '../source/size.js';
import { readEnvironment, type Environment } from './environment.js';
import { parseExpression } from './expression.js';
import {
  chainTooLong,
  cycle,
  malformed,
  noText,
  textTooLong,
  tooEarly,
  tooManyValues,
  type Reference,
} from './expression-problems.js';
import { KnownValues, SharedSubstitutions, type Findings } from './known-values.js';
import { isOfVariant, lookUp } from './look-up.js';
import { expressionRange, parseTemplate, type ExpressionPart } from './template.js';

export interface Substituted {
  /** Without `vars` and `x-` keys, which are there to be referred to. */
  readonly root: PositionedMap;
  readonly problems: readonly Diagnostic[];
  /** What something refers to: `vars.rate`, `matrix.clip`. */
  readonly used: ReadonlySet<string>;
}

/** A document whose expressions are to be replaced. */
export interface Template {
  readonly root: PositionedMap;
  /** What expressions may refer to beyond the document: the arm and the cell of a variant. */
  readonly scope: readonly PositionedEntry[];
}

/**
 * Replaces `${...}` everywhere. A text that is one whole expression becomes the value that is referred to, type
 * and all; an expression inside a text becomes text. What cannot be replaced is reported and left `unresolved`.
 * @param shared Of the variants of one file: what some of them have in common is replaced once.
 */
export function substitute(
  { root, scope }: Template,
  environment: Environment,
  shared = new SharedSubstitutions(),
): Substituted {
  const variables = valueOf(root, 'vars');
  const referred = { ...root, entries: [...scope, ...root.entries] };
  const substitution = new Substitution(referred, environment, shared);
  // Variables that nothing uses are replaced as well: their mistakes are mistakes.
  if (variables) substitution.resolve(variables);
  const kept = { ...root, entries: root.entries.filter(({ key }) => !isForReference(key)) };
  const resolved = mapEntries(kept, ({ value }) => substitution.resolve(value));
  return { root: resolved, problems: substitution.problems, used: substitution.used };
}

/** Replaces `${vars...}` in what makes the variants, and so knows nothing of a variant yet. */
export function substituteEarly(
  document: PositionedMap,
  keys: readonly string[],
  environment: Environment,
): Substituted {
  const entries = document.entries.filter(({ key }) => key === 'vars');
  const substitution = new Substitution({ ...document, entries }, environment, undefined);
  const early = { ...document, entries: document.entries.filter(({ key }) => keys.includes(key)) };
  const root = mapEntries(early, ({ value }) => substitution.resolve(value));
  return { root, problems: substitution.problems, used: substitution.used };
}

function isForReference(key: string): boolean {
  return key === 'vars' || key.startsWith('x-');
}

/** Values inside values that are referred to may nest deeper than those of a file, and the stack bears. */
const deepestReferred = 4 * deepest;

/** A reference that is being followed: an edge of a cycle, if it turns out to be one. */
interface Edge extends Reference {
  readonly scalar: PositionedScalar;
}

class Substitution {
  private readonly root: PositionedMap;
  private readonly environment: Environment;
  /** Undefined before there are variants. */
  private readonly shared: SharedSubstitutions | undefined;
  private readonly known: KnownValues;
  /** Where new values go. */
  private kept: KnownValues;
  /** What the variant has under a name such as `matrix.lr`, as a number that is the value's own. */
  private readonly places = new Map<string, number>();
  private readonly following: Edge[] = [];
  /** How many values the one at hand is part of, or is referred to by. */
  private depth = 0;
  private findings: Findings = noFindings();
  private added = 0;

  constructor(root: PositionedMap, environment: Environment, shared: SharedSubstitutions | undefined) {
    this.root = root;
    this.environment = environment;
    this.shared = shared;
    this.known = shared?.of(valueOf(root, 'vars')) ?? new KnownValues();
    this.kept = this.known;
  }

  get problems(): readonly Diagnostic[] {
    return [...(this.findings.problems ?? [])];
  }

  get used(): ReadonlySet<string> {
    return this.findings.used ?? new Set();
  }

  resolve(node: PositionedNode): PositionedNode {
    if (node.kind === 'scalar' && !isTemplate(node)) return node;
    const known = this.known.get(node, this.placeOf) ?? this.kept.get(node, this.placeOf);
    if (known) {
      this.take(known.found);
      return known.result;
    }
    const outer = this.findings;
    this.findings = noFindings();
    this.depth += 1;
    const result = this.resolveNew(node);
    this.depth -= 1;
    const { findings: found } = this;
    this.findings = outer;
    this.take(found);
    this.kept.set(node, { result, found }, this.placeOf);
    return result;
  }

  private take({ problems, used, ofVariant }: Findings): void {
    for (const problem of problems ?? []) this.report(problem);
    for (const name of used ?? []) this.markName(name);
    for (const name of ofVariant ?? []) this.markOfVariant(name);
  }

  private readonly placeOf = (names: readonly string[]): string =>
    names.length === 0 ? '' : names.map((name) => this.placeOn(name)).join();

  private placeOn(name: string): number {
    const known = this.places.get(name);
    if (known !== undefined) return known;
    const [scope = '', axis] = name.split('.');
    const declared = valueOf(this.root, scope);
    const place = this.shared?.idOf(axis === undefined ? declared : valueOf(declared, axis)) ?? 0;
    this.places.set(name, place);
    return place;
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
        return isTemplate(node) ? this.resolveText(node, node.value) : node;
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
      this.report(textTooLong(scalar.range));
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
    this.report(noText(node, { at, written: part.written }));
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
      this.report(malformed(at, expression.error));
      return undefined;
    }
    if (expression.value.kind === 'environment') {
      const value = readEnvironment(this.environment, expression.value, at);
      if (value.ok) return { kind: 'scalar', range: at, value: value.value, shown: part.written };
      this.report(value.error);
      return undefined;
    }
    return this.follow({ scalar, at, written: part.written }, expression.value.path);
  }

  private follow(edge: Edge, path: readonly (string | number)[]): PositionedNode | undefined {
    const cycleStart = this.following.findIndex(({ scalar }) => scalar === edge.scalar);
    if (cycleStart !== -1) {
      this.report(cycle(this.following.slice(cycleStart)));
      // What is found inside a circle depends on where it was entered, and is of no use to other variants.
      if (this.kept === this.known) this.kept = new KnownValues();
      return undefined;
    }
    if (isOfVariant(path)) {
      this.markOfVariant(nameInVariant(path));
      if (!this.shared) {
        this.report(tooEarly(edge));
        return undefined;
      }
    }
    this.markUsed(path);
    if (this.following.length >= longestChain || this.depth > deepestReferred) {
      this.report(chainTooLong(edge));
      return undefined;
    }
    this.following.push(edge);
    const found = lookUp({ ...edge, root: this.root, path, resolve: (scalar) => this.resolve(scalar) });
    const target = found.ok ? this.resolve(found.value) : undefined;
    this.following.pop();
    if (!found.ok && found.error) this.report(found.error);
    if (!target || (target.kind === 'scalar' && target.unresolved === true)) return undefined;
    return this.isTooLarge(target, edge.at) ? undefined : target;
  }

  private report(problem: Diagnostic): void {
    (this.findings.problems ??= new Set()).add(problem);
  }

  private markOfVariant(name: string): void {
    (this.findings.ofVariant ??= new Set()).add(name);
  }

  private markName(name: string): void {
    (this.findings.used ??= new Set()).add(name);
  }

  private markUsed([scope, name]: readonly (string | number)[]): void {
    const declared = scope === undefined ? undefined : valueOf(this.root, String(scope));
    const all = declared?.kind === 'map' ? declared.entries.map(({ key }) => key) : [];
    for (const used of typeof name === 'string' ? [name] : all) {
      this.markName(`${String(scope)}.${used}`);
    }
  }

  private isTooLarge(target: PositionedNode, at: SourceRange): boolean {
    const before = this.added;
    this.added += sizeOf(target);
    if (this.added <= mostAddedNodes) return false;
    if (before <= mostAddedNodes) this.report(tooManyValues(at));
    return true;
  }
}

function isTemplate(scalar: PositionedScalar): scalar is PositionedScalar & { readonly value: string } {
  return typeof scalar.value === 'string' && scalar.value.includes('${');
}

/** As in `matrix.clip`: other axes may be elsewhere. */
function nameInVariant([scope, axis]: readonly (string | number)[]): string {
  return scope === 'matrix' && typeof axis === 'string' ? `matrix.${axis}` : String(scope);
}

function noFindings(): Findings {
  return { problems: undefined, used: undefined, ofVariant: undefined };
}

function unresolved(scalar: PositionedScalar): PositionedScalar {
  return { kind: 'scalar', range: scalar.range, value: null, unresolved: true };
}

import { err, ok, type Result } from '../base/result.js';
import { nearest } from '../base/suggest.js';
import type { Diagnostic, DiagnosticNote } from '../diagnostics/diagnostic.js';
import { quoted, quotedList } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedMap, PositionedNode, PositionedScalar } from '../source/document.js';
import { entryOf, valueOf } from '../source/entries.js';

/** What the first step of a reference may be, with how the top of the file declares it. */
const scopes: Readonly<Record<string, string>> = {
  vars: '`vars: {lr: 5e-4}`',
  seed: '`seed: 0`',
  matrix: '`matrix: {axes: {lr: [1e-4, 1e-3]}}`',
  arm: '`ablation: {arms: {one_iteration: {stages.train.critic_iterations: 1}}}`',
};

/** The scopes whose values differ between the variants of a file. */
export function isOfVariant(path: readonly (string | number)[]): boolean {
  return path[0] === 'seed' || path[0] === 'matrix' || path[0] === 'arm';
}

export interface LookUp {
  readonly root: PositionedMap;
  readonly path: readonly (string | number)[];
  /** The expression, and as it was written. */
  readonly at: SourceRange;
  readonly written: string;
  /** Replaces what a scalar on the way refers to. */
  readonly resolve: (scalar: PositionedScalar) => PositionedNode;
}

/**
 * The value that a reference such as `vars.data[0].path` names, its own expressions not yet replaced. The error is
 * undefined where something on the way is at fault, which is reported there.
 */
export function lookUp(reference: LookUp): Result<PositionedNode, Diagnostic | undefined> {
  const { root, path, at, written, resolve } = reference;
  const scope = String(path[0]);
  if (!Object.hasOwn(scopes, scope)) {
    const meant = nearest(scope, Object.keys(scopes));
    const message = `${quoted(written)} refers to nothing: expressions start with \`vars.\`, \`matrix.\`, \`seed\`, \`arm\` or \`env:\``;
    return err(unknown(at, message, meant === undefined ? undefined : `did you mean ${quoted(meant)}?`));
  }
  let node: PositionedNode = root;
  let name = '';
  for (const step of path) {
    // What a variable refers to may itself be an expression; the rest of the path leads into its value.
    const container: PositionedNode = node.kind === 'scalar' ? resolve(node) : node;
    if (container.kind === 'scalar' && container.unresolved === true) return err(undefined);
    const next = childOf(container, step);
    if (next === undefined) return err(missing(reference, container, name, step));
    node = next;
    name = nameOf(name, step);
  }
  return ok(node);
}

function childOf(container: PositionedNode, step: string | number): PositionedNode | undefined {
  if (typeof step === 'string') return valueOf(container, step);
  return container.kind === 'list' ? container.items[step] : undefined;
}

function nameOf(parent: string, step: string | number): string {
  if (typeof step === 'number') return `${parent}[${step}]`;
  return parent === '' ? step : `${parent}.${step}`;
}

function missing(
  { root, at }: LookUp,
  container: PositionedNode,
  parent: string,
  step: string | number,
): Diagnostic {
  if (parent === '') {
    const example = scopes[step] ?? '';
    const what = step === 'arm' ? 'ablation' : String(step);
    return unknown(at, `the file has no ${quoted(what)}`, `add it at the top, as in ${example}`);
  }
  if (typeof step === 'number') {
    const message =
      container.kind === 'list'
        ? `${quoted(parent)} has ${container.items.length} items, counted from [0], and so no item [${step}]`
        : `${quoted(parent)} is not a list, so it has no item [${step}]`;
    return unknown(at, message, undefined, [
      { message: `${quoted(parent)} is here`, range: container.range },
    ]);
  }
  const keys = container.kind === 'map' ? container.entries.map((entry) => entry.key) : [];
  const meant = nearest(step, keys);
  const help =
    meant !== undefined
      ? `did you mean ${quoted(`${parent}.${meant}`)}?`
      : keys.length > 0
        ? `${quoted(parent)} has ${quotedList(keys, 'and')}`
        : `${quoted(parent)} has no entries`;
  const isAxis = parent === 'matrix';
  const declared = isAxis ? undefined : entryOf(root, 'vars');
  const notes = declared ? [{ message: 'variables are declared here', range: declared.keyRange }] : [];
  const what = isAxis ? 'axis' : 'variable';
  return unknown(at, `there is no ${what} ${quoted(`${parent}.${step}`)}`, help, notes);
}

function unknown(
  at: SourceRange,
  message: string,
  help: string | undefined,
  notes: readonly DiagnosticNote[] = [],
): Diagnostic {
  return error('unknown-variable', { at, message, help, notes });
}

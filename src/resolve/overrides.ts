import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceText } from '../diagnostics/range.js';
import type { PositionedMap } from '../source/document.js';
import { parseValue } from '../source/parse-document.js';
import { canonicalPaths } from '../spec/shorthands.js';
import { assign, type Assignment } from './assign.js';
import { parsePath, stepsOf, type DocumentPath } from './document-path.js';
import { remove } from './remove.js';

/** What `-S` says: an assignment, or `~path`, which takes something out. */
type Override = Assignment | { readonly path: DocumentPath; readonly mode: 'remove' };

/** The document with what the arguments of `-S` say, one after the other. */
export function applyOverrides(
  root: PositionedMap,
  overrides: readonly SourceText[],
): { readonly root: PositionedMap; readonly problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const changed = overrides.reduce((document, argument) => {
    const override = parseOverride(argument);
    if (!override.ok) {
      problems.push(...override.error);
      return document;
    }
    const applied = apply(document, override.value);
    problems.push(...applied.problems);
    return applied.root;
  }, root);
  return { root: changed, problems };
}

function apply(root: PositionedMap, override: Override): ReturnType<typeof assign> {
  if (override.mode !== 'remove') return assign(root, override);
  const removal = remove(root, override.path, canonicalPaths(stepsOf(override.path)));
  return { root: removal.root, problems: removal.problem ? [removal.problem] : [] };
}

const modes = { '': 'change', '+': 'add', '++': 'either' } as const;

/** Reads `path=value`, `+path=value`, `++path=value` or `~path`; the value is YAML. */
function parseOverride(source: SourceText): Result<Override, readonly Diagnostic[]> {
  const { text } = source;
  const [written = '', sign = '', name = '', equals] = /^(\+\+|\+|~|)([^=]*)(=?)/.exec(text) ?? [];
  const range = { source, start: sign.length, end: sign.length + name.length };
  const path = parsePath(name, range);
  if (!path)
    return err([malformed(source, name === '' ? 'names no path' : `has no path, but ${quoted(name)}`)]);
  if (sign === '~') {
    return equals === ''
      ? ok({ path, mode: 'remove' })
      : err([malformed(source, 'takes something out, and so has no value')]);
  }
  if (equals === '') return err([malformed(source, 'has no value')]);
  const value = parseValue(source, written.length);
  return value.ok ? ok({ path, value: value.value, mode: modes[sign as keyof typeof modes] }) : value;
}

/** A clause that follows "this argument", as a problem. */
function malformed(source: SourceText, what: string): Diagnostic {
  return error('override-syntax', {
    at: { source, start: 0, end: source.text.length },
    message: `this argument ${what}`,
    help: 'write `path=value` to change, `+path=value` to add, `++path=value` for either, or `~path` to take out',
  });
}

import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceText } from '../diagnostics/range.js';
import type { PositionedMap, PositionedNode } from '../source/document.js';
import { parseValue } from '../source/parse-document.js';
import { canonicalPaths } from '../spec/shorthands.js';
import { assign, type Assignment } from './assign.js';
import { parsePath, stepsOf, type DocumentPath } from './document-path.js';
import { isNumberRange, numbersIn } from './number-range.js';
import { remove } from './remove.js';

/** What `-S` says: an assignment, several to choose from, or `~path`, which takes something out. */
type Override = Assignment | Sweep | { readonly path: DocumentPath; readonly mode: 'remove' };

/** `path=a,b` or `path=range(a,b)`: an axis of the fan-out, whose values are assigned one at a time. */
export interface Sweep {
  readonly mode: 'sweep';
  readonly path: DocumentPath;
  readonly assignments: readonly Assignment[];
}

export interface Overridden {
  readonly root: PositionedMap;
  readonly sweeps: readonly Sweep[];
  readonly problems: readonly Diagnostic[];
}

/** The document with what the arguments of `-S` say, one after the other. */
export function applyOverrides(root: PositionedMap, overrides: readonly SourceText[]): Overridden {
  const problems: Diagnostic[] = [];
  const sweeps: Sweep[] = [];
  const changed = overrides.reduce((document, argument) => {
    const override = parseOverride(argument);
    if (!override.ok) {
      problems.push(...override.error);
      return document;
    }
    if (override.value.mode === 'sweep') sweeps.push(override.value);
    // Every value is tried at once, so that its mistakes are told here.
    const steps = override.value.mode === 'sweep' ? override.value.assignments : [override.value];
    const applied = steps.map((step) => apply(document, step));
    problems.push(...applied.flatMap((one) => one.problems));
    return override.value.mode === 'sweep' ? document : (applied[0]?.root ?? document);
  }, root);
  return { root: changed, sweeps, problems };
}

function apply(root: PositionedMap, override: Exclude<Override, Sweep>): ReturnType<typeof assign> {
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
  const mode = modes[sign as keyof typeof modes];
  const faults: Diagnostic[] = [];
  const values = valuesIn(text, written.length).flatMap(({ start, end }) => {
    if (faults.length >= enoughFaults) return [];
    const parsed = valuesAt(source, start, end);
    if (parsed.ok) return parsed.value;
    faults.push(...parsed.error);
    return [];
  });
  if (faults.length > 0) return err(faults);
  const assignments = values.map((value) => ({ path, value, mode }));
  const [only, ...others] = assignments;
  return others.length > 0 || !only ? ok({ mode: 'sweep', path, assignments }) : ok(only);
}

/** After so many, other values of a sweep have nothing new to tell. */
const enoughFaults = 50;

/** One value, or the numbers of a range. */
function valuesAt(
  source: SourceText,
  start: number,
  end: number,
): Result<readonly PositionedNode[], readonly Diagnostic[]> {
  if (isNumberRange(source.text, start)) {
    const numbers = numbersIn(source, start, end);
    return numbers.ok ? numbers : err([numbers.error]);
  }
  const value = parseValue(source, start, end);
  return value.ok ? ok([value.value]) : value;
}

/** The places of values with commas between them; commas in brackets, quotes and ranges belong to a value. */
function valuesIn(text: string, from: number): readonly { readonly start: number; readonly end: number }[] {
  const places: { start: number; end: number }[] = [];
  let start = from;
  let depth = 0;
  let quote: string | undefined;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
    } else if (at === start && /["']/.test(character)) quote = character;
    else if (at === start && isNumberRange(text, at)) at = closingOf(text, at);
    else if (/[[{]/.test(character)) depth += 1;
    else if (/[\]}]/.test(character)) depth -= 1;
    else if (character === ',' && depth <= 0) {
      places.push({ start, end: at });
      start = at + 1;
    }
  }
  return [...places, { start, end: text.length }];
}

/** Where the bracket of a range closes, or the last place of the text. */
function closingOf(text: string, from: number): number {
  const closing = text.indexOf(')', from);
  return closing === -1 ? text.length - 1 : closing;
}

/** A clause that follows "this argument", as a problem. */
function malformed(source: SourceText, what: string): Diagnostic {
  return error('override-syntax', {
    at: { source, start: 0, end: source.text.length },
    message: `this argument ${what}`,
    help: 'write `path=value` to change, `+path=value` to add, `++path=value` for either, or `~path` to take out',
  });
}

import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedMap, PositionedNode } from '../source/document.js';
import { entryOf, valueOf } from '../source/entries.js';
import { canonicalPaths } from '../spec/shorthands.js';
import { assign } from './assign.js';
import { parsePath, stepsOf } from './document-path.js';
import { pathsIn } from './extended-files.js';
import { remove } from './remove.js';

/** One arm of an ablation: the file with some changes. */
export interface Arm {
  readonly name: string;
  readonly nameRange: SourceRange;
  /** One after the other; none for `base`, which is the file as it stands. */
  readonly changes: readonly PositionedMap[];
}

/** `base`, the arms in the order in which they are written, and those that leave one change out. */
export function armsOf(ablation: PositionedEntry, problems: Diagnostic[]): readonly Arm[] {
  const base: Arm = { name: 'base', nameRange: ablation.keyRange, changes: [] };
  const written = changesIn(valueOf(ablation.value, 'arms')).map(({ name, range, changes }): Arm => ({
    name,
    nameRange: range,
    changes: [changes],
  }));
  const arms = [...written, ...leaveOneOut(entryOf(ablation.value, 'leave_one_out'))];
  if (arms.length === 0) {
    problems.push(
      error('missing-key', {
        at: ablation.keyRange,
        message: 'the ablation has no arms',
        help: 'add `arms: {one_iteration: {stages.train.critic_iterations: 1}}`, or `leave_one_out`',
      }),
    );
  }
  const first = new Map([[base.name, base]]);
  return [
    base,
    ...arms.filter((arm) => {
      const earlier = first.get(arm.name);
      if (!earlier) first.set(arm.name, arm);
      else problems.push(arm.name === base.name ? changedBase(arm) : sameName(arm, earlier));
      return !earlier;
    }),
  ];
}

interface NamedChanges {
  readonly name: string;
  readonly range: SourceRange;
  readonly changes: PositionedMap;
}

function changesIn(map: PositionedNode | undefined): readonly NamedChanges[] {
  const entries = map?.kind === 'map' ? map.entries : [];
  return entries.flatMap(({ key, keyRange, value }) =>
    value.kind === 'map' ? [{ name: key, range: keyRange, changes: value }] : [],
  );
}

/** All of the changes together, and all but one, for each of them. */
function leaveOneOut(entry: PositionedEntry | undefined): readonly Arm[] {
  if (!entry) return [];
  const parts = changesIn(entry.value);
  const all: Arm = { name: 'all', nameRange: entry.keyRange, changes: parts.map(({ changes }) => changes) };
  const others = parts.map(({ name, range }) => ({
    name: `without_${name}`,
    nameRange: range,
    changes: parts.filter((part) => part.name !== name).map(({ changes }) => changes),
  }));
  return [all, ...others];
}

function changedBase({ nameRange }: Arm): Diagnostic {
  return error('bad-name', {
    at: nameRange,
    message: '`base` is the file as it stands, and cannot be changed by an arm',
    help: 'give the arm another name',
  });
}

function sameName({ name, nameRange }: Arm, earlier: Arm): Diagnostic {
  return error('duplicate-cell', {
    at: nameRange,
    message: `two arms are named ${quoted(name)}`,
    notes: [{ message: 'the other one is here', range: earlier.nameRange }],
    help: '`leave_one_out` makes the arms `all` and `without_NAME`: give the other arm another name',
  });
}

/** The document as an arm changes it: each entry is a path and what is assigned to it; `remove` lists what goes. */
export function applyArm(root: PositionedMap, { changes }: Arm, problems: Diagnostic[]): PositionedMap {
  return changes.reduce((document, map) => applyChanges(document, map, problems), root);
}

function applyChanges(root: PositionedMap, changes: PositionedMap, problems: Diagnostic[]): PositionedMap {
  const without = pathsIn(valueOf(changes, 'remove'), problems).reduce((document, path) => {
    const removal = remove(document, path, canonicalPaths(stepsOf(path)));
    if (removal.problem) problems.push(removal.problem);
    return removal.root;
  }, root);
  return changes.entries
    .filter((entry) => entry !== entryOf(changes, 'remove'))
    .reduce((document, entry) => applyChange(document, entry, problems), without);
}

function applyChange(
  root: PositionedMap,
  { key, keyRange, value }: PositionedEntry,
  problems: Diagnostic[],
): PositionedMap {
  const [, sign = '', name = ''] = /^(\+\+|\+|)(.*)$/s.exec(key) ?? [];
  const place = quoteless(keyRange, key);
  const path = parsePath(name, { ...place, start: place.start + sign.length });
  if (!path) {
    problems.push(
      error('unknown-path', {
        at: keyRange,
        message: `${quoted(key)} is not a path`,
        help: 'write names with dots between them, as in `stages.train.clip: 0.1`',
      }),
    );
    return root;
  }
  const mode = sign === '' ? 'change' : sign === '+' ? 'add' : 'either';
  const assigned = assign(root, { path, value, mode });
  problems.push(...assigned.problems);
  return assigned.root;
}

/** The place of a key's own text: inside its quotes, where it has some. */
function quoteless(range: SourceRange, key: string): SourceRange {
  const start = range.source.text.indexOf(key, range.start);
  return start === -1 || start > range.start + 1 ? range : { ...range, start, end: start + key.length };
}

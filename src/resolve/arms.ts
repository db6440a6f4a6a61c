import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedMap, PositionedScalar } from '../source/document.js';
import { entryOf, valueOf } from '../source/entries.js';
import { canonicalPaths } from '../spec/shorthands.js';
import { assign } from './assign.js';
import { parsePath, stepsOf } from './document-path.js';
import { pathsIn } from './extended-files.js';
import { remove } from './remove.js';

/** One arm of an ablation: the file with some changes. */
export interface Arm {
  readonly name: string;
  /** The name as a value: what `${arm}` stands for. */
  readonly label: PositionedScalar;
  /** Undefined for `base`, which is the file as it stands. */
  readonly changes: PositionedMap | undefined;
}

/** `base`, and the arms in the order in which they are written. */
export function armsOf(ablation: PositionedEntry, problems: Diagnostic[]): readonly Arm[] {
  const arms = valueOf(ablation.value, 'arms');
  const written = arms?.kind === 'map' ? arms.entries : [];
  const base: Arm = { name: 'base', label: labelOf('base', ablation.keyRange), changes: undefined };
  return [
    base,
    ...written.flatMap(({ key, keyRange, value }): readonly Arm[] => {
      if (value.kind !== 'map') return [];
      if (key !== base.name) return [{ name: key, label: labelOf(key, keyRange), changes: value }];
      problems.push(
        error('bad-name', {
          at: keyRange,
          message: '`base` is the file as it stands, and cannot be changed by an arm',
          help: 'give the arm another name',
        }),
      );
      return [];
    }),
  ];
}

function labelOf(name: string, range: SourceRange): PositionedScalar {
  return { kind: 'scalar', range, value: name };
}

/** The document as an arm changes it: each entry is a path and what is assigned to it; `remove` lists what goes. */
export function applyArm(root: PositionedMap, { changes }: Arm, problems: Diagnostic[]): PositionedMap {
  if (!changes) return root;
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

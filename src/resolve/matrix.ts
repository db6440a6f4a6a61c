import { formatCount, plural } from '../base/format.js';
import { required } from '../base/invariant.js';
import { nearest } from '../base/suggest.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted, quotedList } from '../diagnostics/printable.js';
import { error, warning } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedNode } from '../source/document.js';
import { entryOf, valueOf } from '../source/entries.js';
import { mostVariants } from '../source/limits.js';
import { axisOf, axisValue, type Axis, type AxisPoint } from './axis.js';

/** A point on each axis of the matrix, in the order of the axes. */
export type Cell = readonly CellPoint[];

export interface CellPoint extends AxisPoint {
  readonly axis: string;
}

/** Axes that go together: the points of one step along them. */
type Group = readonly Cell[];

/** The cells of a matrix that keeps to its schema, the last axis changing fastest. */
export function matrixCells(matrix: PositionedNode, problems: Diagnostic[]): readonly Cell[] {
  const axes = entriesOf(valueOf(matrix, 'axes')).map((entry) => axisOf(entry, problems));
  const groups = groupsOf(axes, valueOf(matrix, 'zip'), problems);
  const count = groups.reduce((product, group) => product * group.length, 1);
  if (count > mostVariants) {
    problems.push(tooMany(count, valueOf(matrix, 'axes')?.range ?? matrix.range));
    return [];
  }
  const product = groups.reduce<readonly Cell[]>(
    (cells, group) => cells.flatMap((cell) => group.map((points) => [...cell, ...points])),
    [[]],
  );
  // Zipped axes stand side by side in the product; cells keep the order in which axes are written.
  const ordered = product.map((cell) => axes.map(({ name }) => pointOn(cell, name)));
  const kept = excluded(ordered, axes, itemsOf(valueOf(matrix, 'exclude')), problems);
  return included(kept, axes, itemsOf(valueOf(matrix, 'include')), problems);
}

export function tooMany(count: number, at: SourceRange): Diagnostic {
  return error('variant-count', {
    at,
    message: `the file stands for ${formatCount(count)} pipelines, and ${formatCount(mostVariants)} is the most`,
    help: 'take values out of its axes, or let axes go together with `zip`',
  });
}

function groupsOf(
  axes: readonly Axis[],
  zip: PositionedNode | undefined,
  problems: Diagnostic[],
): readonly Group[] {
  const zipped = new Map<string, readonly Axis[]>();
  for (const group of itemsOf(zip)) {
    const members = itemsOf(group).flatMap((item) => {
      const name = item.kind === 'scalar' ? String(item.value) : '';
      const axis = axes.find((candidate) => candidate.name === name);
      if (axis && !zipped.has(name)) return [{ axis, range: item.range }];
      problems.push(axis ? zippedTwice(name, item.range) : unknownAxis(name, item.range, axes));
      return [];
    });
    const [first] = members;
    for (const { axis, range } of members) {
      zipped.set(
        axis.name,
        members.map((member) => member.axis),
      );
      if (first && axis.points.length !== first.axis.points.length) {
        problems.push(zipLength(axis, first.axis, range));
      }
    }
  }
  const seen = new Set<string>();
  return axes.flatMap((axis) => {
    if (seen.has(axis.name)) return [];
    const members = zipped.get(axis.name) ?? [axis];
    for (const { name } of members) seen.add(name);
    const length = Math.min(...members.map(({ points }) => points.length));
    const steps = Array.from({ length }, (_, index) =>
      members.map(({ name, points }) => ({ axis: name, ...required(points[index], 'a point of an axis') })),
    );
    return [steps];
  });
}

function excluded(
  cells: readonly Cell[],
  axes: readonly Axis[],
  exclusions: readonly PositionedNode[],
  problems: Diagnostic[],
): readonly Cell[] {
  return exclusions.reduce((kept, exclusion) => {
    const points = pointsOf(exclusion, axes, problems);
    const left = kept.filter(
      (cell) => !points.every(({ axis, label }) => pointOn(cell, axis).label === label),
    );
    if (left.length === kept.length && points.length === entriesOf(exclusion).length) {
      problems.push(
        warning('unused', {
          at: exclusion.range,
          message: 'no cell has these values, so this excludes nothing',
          help: 'remove it, or write values of the axes',
        }),
      );
    }
    return left;
  }, cells);
}

function included(
  cells: readonly Cell[],
  axes: readonly Axis[],
  inclusions: readonly PositionedNode[],
  problems: Diagnostic[],
): readonly Cell[] {
  const names = new Set(cells.map(cellKey));
  return inclusions.reduce((all, inclusion) => {
    const points = pointsOf(inclusion, axes, problems);
    const missing = axes.filter(({ name }) => !entryOf(inclusion, name));
    if (missing.length > 0) {
      problems.push(
        error('missing-key', {
          at: inclusion.range,
          message: `this cell has no value for ${quotedList(
            missing.map(({ name }) => name),
            'and',
          )}`,
          help: 'write a value for every axis',
        }),
      );
    }
    if (points.length < axes.length) return all;
    const cell = axes.map(({ name }) => pointOn(points, name));
    if (names.has(cellKey(cell))) {
      problems.push(
        error('duplicate-cell', {
          at: inclusion.range,
          message: 'there is such a cell already',
          help: 'remove this one',
        }),
      );
      return all;
    }
    names.add(cellKey(cell));
    return [...all, cell];
  }, cells);
}

function pointsOf(map: PositionedNode, axes: readonly Axis[], problems: Diagnostic[]): Cell {
  return entriesOf(map).flatMap(({ key, keyRange, value }) => {
    const axis = axes.find(({ name }) => name === key);
    if (!axis) {
      problems.push(unknownAxis(key, keyRange, axes));
      return [];
    }
    const point = axis.isNamed ? namedPoint(axis, value, problems) : axisValue(key, value, problems);
    return point ? [{ axis: key, ...point }] : [];
  });
}

/** Values with names are chosen by them. */
function namedPoint(axis: Axis, value: PositionedNode, problems: Diagnostic[]): AxisPoint | undefined {
  const name = value.kind === 'scalar' ? String(value.value) : '';
  const point = axis.points.find(({ label }) => label === name);
  if (point) return point;
  const names = axis.points.map(({ label }) => String(label));
  const meant = nearest(name, names);
  problems.push(
    error('unknown-reference', {
      at: value.range,
      message: `axis ${quoted(axis.name)} has no value named ${quoted(name)}`,
      help: meant === undefined ? `name ${quotedList(names, 'or')}` : `did you mean ${quoted(meant)}?`,
    }),
  );
  return undefined;
}

function unknownAxis(name: string, at: SourceRange, axes: readonly Axis[]): Diagnostic {
  const names = axes.map((axis) => axis.name);
  const meant = nearest(name, names);
  return error('unknown-reference', {
    at,
    message: `the matrix has no axis ${quoted(name)}`,
    help: meant === undefined ? `its axes are ${quotedList(names, 'and')}` : `did you mean ${quoted(meant)}?`,
  });
}

function zippedTwice(name: string, at: SourceRange): Diagnostic {
  return error('zip-length', {
    at,
    message: `axis ${quoted(name)} is in \`zip\` twice`,
    help: 'let each axis go together with others once',
  });
}

function zipLength(axis: Axis, first: Axis, at: SourceRange): Diagnostic {
  return error('zip-length', {
    at,
    message: `${quoted(axis.name)} has ${plural(axis.points.length, 'value')} and ${quoted(first.name)} ${first.points.length}, so they cannot go together`,
    notes: [
      { message: `${quoted(axis.name)} is declared here`, range: axis.nameRange },
      { message: `${quoted(first.name)} is declared here`, range: first.nameRange },
    ],
    help: 'give them equally many values',
  });
}

function pointOn(cell: Cell, axis: string): CellPoint {
  return required(
    cell.find((point) => point.axis === axis),
    `a point on ${axis}`,
  );
}

function cellKey(cell: Cell): string {
  return JSON.stringify(cell.map(({ label }) => String(label)));
}

function entriesOf(node: PositionedNode | undefined): readonly PositionedEntry[] {
  return node?.kind === 'map' ? node.entries : [];
}

export function itemsOf(node: PositionedNode | undefined): readonly PositionedNode[] {
  return node?.kind === 'list' ? node.items : [];
}

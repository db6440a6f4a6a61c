import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedNode } from '../source/document.js';
import type { AxisValue } from './axes.js';

export interface Axis {
  readonly name: string;
  readonly nameRange: SourceRange;
  readonly points: readonly AxisPoint[];
  /** Whether its values have names of their own, and are of any kind. */
  readonly isNamed: boolean;
}

export interface AxisPoint {
  /** What a variant is named by. */
  readonly label: AxisValue;
  readonly value: PositionedNode;
}

const reserved = ['arm', 'seed', 'matrix'];

/** An axis of the matrix: a list of plain values, or a map of named ones. */
export function axisOf({ key, keyRange, value }: PositionedEntry, problems: Diagnostic[]): Axis {
  if (reserved.includes(key)) {
    problems.push(
      error('bad-name', {
        at: keyRange,
        message: `${quoted(key)} cannot be the name of an axis: it has a meaning of its own`,
        help: key === 'seed' ? 'write `seeds: [0, 1, 2]` at the top of the file' : 'give it another name',
      }),
    );
  }
  const points = distinct(key, pointsOf(key, value, problems), problems);
  const isNamed = value.kind === 'map';
  if (points.length === 0 && !isUnresolved(value)) {
    problems.push(
      error('wrong-size', {
        at: value.range,
        message: `axis ${quoted(key)} has no values`,
        help: `write them as a list, as in \`${key}: [0.01, 0.1]\``,
      }),
    );
  }
  return { name: key, nameRange: keyRange, points, isNamed };
}

function pointsOf(axis: string, value: PositionedNode, problems: Diagnostic[]): readonly AxisPoint[] {
  switch (value.kind) {
    case 'list':
      return value.items.flatMap((item) => axisValue(axis, item, problems) ?? []);
    case 'map':
      return value.entries.map((entry) => ({ label: entry.key, value: entry.value }));
    case 'scalar':
      return [];
  }
}

/** A value that names itself. */
export function axisValue(
  axis: string,
  value: PositionedNode,
  problems: Diagnostic[],
  help = `give it a name, as in \`${axis}: {first: ..., second: ...}\``,
): AxisPoint | undefined {
  if (isUnresolved(value)) return undefined;
  const label = value.kind === 'scalar' ? value.value : null;
  if (label !== null && /^[\w.+-]{1,100}$/.test(String(label))) return { label, value };
  problems.push(
    error('axis-value', {
      at: value.range,
      message: `a value of axis ${quoted(axis)} names its variants, and this one is ${whatItIs(value)}`,
      help,
    }),
  );
  return undefined;
}

function whatItIs(value: PositionedNode): string {
  if (value.kind !== 'scalar') return `a ${value.kind}`;
  return value.value === null
    ? 'empty'
    : 'text with other characters than letters, digits, `_`, `.`, `+` and `-`';
}

/** Two values of one name would be two variants of one name. */
export function distinct<Point extends AxisPoint>(
  axis: string,
  points: readonly Point[],
  problems: Diagnostic[],
): readonly Point[] {
  const first = new Map<string, Point>();
  return points.filter((point) => {
    const earlier = first.get(String(point.label));
    first.set(String(point.label), earlier ?? point);
    if (!earlier) return true;
    problems.push(
      error('duplicate-cell', {
        at: point.value.range,
        message: `${quoted(String(point.label))} is on axis ${quoted(axis)} twice`,
        notes: [{ message: 'first written here', range: earlier.value.range }],
        help: 'keep one of the two',
      }),
    );
    return false;
  });
}

function isUnresolved(node: PositionedNode): boolean {
  return node.kind === 'scalar' && node.unresolved === true;
}

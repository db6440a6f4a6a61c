import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedMap, PositionedNode } from '../source/document.js';
import type { Schema } from './schema.js';

/** A shorter way of writing a field of a stage. */
export interface Shorthand {
  /** The key of the short form, and the field that it stands for. */
  readonly key: string;
  readonly field: string;
  /** The values that it takes, for editors. */
  readonly schema: Schema;
  /** The values that it takes, for people. */
  readonly values: string;
  /** Whether people write it; the other forms come about when `${...}` is replaced. */
  readonly isForEditors: boolean;
  /** The canonical value, or undefined where the value is not in the short form, or not known yet (`${...}`). */
  readonly expand: (entry: PositionedEntry) => PositionedNode | undefined;
}

export function word(text: string, range: SourceRange): PositionedNode {
  return { kind: 'scalar', range, value: text };
}

/** A map that stands for what was written at `range`; its keys point to the key that was written. */
export function inferredMap(
  range: SourceRange,
  values: Readonly<Record<string, PositionedNode>>,
  keyRange: SourceRange = range,
): PositionedMap {
  const entries = Object.entries(values).map(([key, value]) => ({ key, keyRange, value }));
  return { kind: 'map', range, entries };
}

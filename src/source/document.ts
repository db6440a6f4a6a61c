import type { SourceRange, SourceText } from '../diagnostics/range.js';

/**
 * A YAML document in which every value knows where it was written. The same type carries the document
 * through shorthand expansion, defaults and `${...}`: each later value keeps the range of what it came from.
 */
export type PositionedNode = PositionedScalar | PositionedMap | PositionedList;

interface Positioned {
  /** Where the value was written; of an inferred value, what it was inferred from. */
  readonly range: SourceRange;
  /** Set on values that the user did not write: a schema's default. */
  readonly inferred?: true;
  /** Of a value that `${...}` put here: where the value itself was written, `range` being the expression. */
  readonly from?: SourceRange;
}

export interface PositionedScalar extends Positioned {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /**
   * The value as records show it, where it says something about this machine: `${env:DATA}/images.gz` for what
   * an environment variable gave, a path as it was written for one that was made absolute.
   */
  readonly shown?: string;
  /** Set where `${...}` could not be replaced. That is reported already; later checks pass the value by. */
  readonly unresolved?: true;
}

export interface PositionedMap extends Positioned {
  readonly kind: 'map';
  readonly entries: readonly PositionedEntry[];
}

export interface PositionedEntry {
  readonly key: string;
  readonly keyRange: SourceRange;
  readonly value: PositionedNode;
}

export interface PositionedList extends Positioned {
  readonly kind: 'list';
  readonly items: readonly PositionedNode[];
}

export interface PositionedDocument {
  readonly source: SourceText;
  readonly root: PositionedMap;
}

import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { PositionedNode } from '../source/document.js';

/** A value whose expressions are replaced, with all that replacing them brought to light. */
export interface Known {
  readonly result: PositionedNode;
  readonly found: Findings;
}

/** Most values bring nothing to light, and there are many: sets are made for what there is to say. */
export interface Findings {
  problems: Set<Diagnostic> | undefined;
  /** What something refers to: `vars.rate`, `matrix.clip`. */
  used: Set<string> | undefined;
  /** What of a variant the value depends on: `seed`, `arm`, `matrix.clip`. */
  ofVariant: Set<string> | undefined;
}

/** What a variant has under these names, as a text: equal texts, equal values. */
type PlaceOf = (names: readonly string[]) => string;

interface Replaced {
  readonly names: readonly string[];
  readonly byPlace: Map<string, Known>;
}

/**
 * Replaced values of the variants of one file. A value that depends on some axes only is replaced once for each place
 * on those, and is one node in all variants that have it: later phases need not look at it twice either.
 */
export class KnownValues {
  private readonly byNode = new Map<PositionedNode, Replaced[]>();

  get(node: PositionedNode, placeOf: PlaceOf): Known | undefined {
    // One way to depend on the variant is the rule; errors may bring others.
    for (const { names, byPlace } of this.byNode.get(node) ?? []) {
      const known = byPlace.get(placeOf(names));
      if (known) return known;
    }
    return undefined;
  }

  set(node: PositionedNode, known: Known, placeOf: PlaceOf): void {
    const names = [...(known.found.ofVariant ?? [])];
    const all = this.byNode.get(node) ?? [];
    this.byNode.set(node, all);
    const alike = all.find((replaced) => replaced.names.join() === names.join());
    const { byPlace } = alike ?? { byPlace: new Map<string, Known>() };
    if (!alike) all.push({ names, byPlace });
    byPlace.set(placeOf(names), known);
  }
}

/** Replaced values by the variables that were in force: an arm may change those. */
export class SharedSubstitutions {
  private readonly byVariables = new Map<PositionedNode | undefined, KnownValues>();
  private readonly ids = new Map<PositionedNode | undefined, number>();

  of(variables: PositionedNode | undefined): KnownValues {
    const values = this.byVariables.get(variables) ?? new KnownValues();
    this.byVariables.set(variables, values);
    return values;
  }

  /** A number that is the node's own. */
  idOf(node: PositionedNode | undefined): number {
    const id = this.ids.get(node) ?? this.ids.size;
    this.ids.set(node, id);
    return id;
  }
}

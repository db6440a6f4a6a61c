import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { PositionedEntry, PositionedMap, PositionedNode } from '../source/document.js';
import { firstKeyRange, mapEntries, textOf, valueOf } from '../source/entries.js';
import { sectionNouns } from '../spec/labels.js';
import { pipelineSchema, schemaOfKey, variantOf, type Schema } from '../spec/schema.js';
import { expandStage } from '../spec/shorthands.js';
import { complete, withDefaults } from './apply-defaults.js';
import { placePaths } from './place-paths.js';

export interface Canonical {
  readonly root: PositionedMap;
  readonly problems: readonly Diagnostic[];
}

interface CanonicalNode {
  readonly node: PositionedNode;
  readonly problems: readonly Diagnostic[];
}

/**
 * Brings documents into canonical form: shorthands that came out of expressions written out, defaults filled in,
 * paths absolute. Of the variants of one file, a declaration that they share is brought there once, and is one value
 * in all of them.
 */
export class Canonicaliser {
  private readonly known = new Map<PositionedNode, Map<PositionedNode | undefined, CanonicalNode>>();

  canonical(document: PositionedMap): Canonical {
    const problems: Diagnostic[] = [];
    const completed = withDefaults(pipelineSchema, document, {
      place: firstKeyRange(document),
      inherited: undefined,
    });
    const root = mapEntries(completed, ({ key, keyRange, value }) => {
      const schema = schemaOfKey(pipelineSchema, key);
      if (Object.hasOwn(sectionNouns, key) && value.kind === 'map') {
        const entrySchema = schemaOfKey(schema, 'any');
        return mapEntries(value, (entry) => {
          const declaration = this.declaration(key, entrySchema, entry, completed);
          problems.push(...declaration.problems);
          return declaration.node;
        });
      }
      const placed = placePaths(schema, complete(schema, value, { place: keyRange, inherited: completed }));
      problems.push(...placed.problems);
      return placed.node;
    });
    return { root, problems };
  }

  private declaration(
    section: string,
    schema: Schema | undefined,
    { keyRange, value }: PositionedEntry,
    root: PositionedMap,
  ): CanonicalNode {
    // Of the rest of the document, only what a field inherits has a say.
    const inherits = schema && inheritedKey(variantOf(schema, value));
    const inherited = inherits === undefined ? undefined : valueOf(root, inherits);
    const before = this.known.get(value)?.get(inherited);
    if (before) return before;
    const problems: Diagnostic[] = [];
    const type = section === 'stages' ? textOf(valueOf(value, 'type')) : undefined;
    const expanded = type === undefined ? value : expandStage(type, value, problems);
    const placed = placePaths(schema, complete(schema, expanded, { place: keyRange, inherited: root }));
    const result = { node: placed.node, problems: [...problems, ...placed.problems] };
    const results = this.known.get(value) ?? new Map<PositionedNode | undefined, CanonicalNode>();
    this.known.set(value, results.set(inherited, result));
    return result;
  }
}

function inheritedKey(variant: Schema | undefined): string | undefined {
  return Object.values(variant?.properties ?? {}).find((field) => field['x-inherits'] !== undefined)?.[
    'x-inherits'
  ];
}

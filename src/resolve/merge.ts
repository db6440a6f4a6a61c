import type { PositionedEntry, PositionedMap, PositionedNode } from '../source/document.js';
import { entryOf, textOf, valueOf } from '../source/entries.js';
import { pipelineSchema, schemaOfKey, variantOf, type Schema } from '../spec/schema.js';

/**
 * One document over another, by the one rule of the language: maps merge, lists and scalars replace. A map whose
 * `type` changes is replaced whole, so that nothing of the old type is left in the new one; so is a quantity, whose
 * key is its unit.
 */
export function merge(base: PositionedMap, over: PositionedMap): PositionedMap {
  return mergeMaps(pipelineSchema, base, over);
}

/** The same for a declaration, such as a stage. */
export function mergeDeclarations(base: PositionedNode, over: PositionedMap, section: string): PositionedMap {
  const schema = schemaOfKey(pipelineSchema.properties?.[section], 'any');
  const merged = mergeNodes(schema, base, over);
  return merged.kind === 'map' ? merged : over;
}

/** The same for values of any kind, whose schema is known or not. */
export function mergeNodes(
  schema: Schema | undefined,
  base: PositionedNode,
  over: PositionedNode,
): PositionedNode {
  if (base.kind !== 'map' || over.kind !== 'map') return over;
  return schema?.maxProperties === 1 || changesType(base, over) ? over : mergeMaps(schema, base, over);
}

function mergeMaps(schema: Schema | undefined, base: PositionedMap, over: PositionedMap): PositionedMap {
  // Either may leave its `type` to the other.
  const variant = schema && (variantOf(schema, over) ?? variantOf(schema, base));
  const kept = base.entries.map((entry): PositionedEntry => {
    const overlaid = entryOf(over, entry.key);
    if (!overlaid) return entry;
    return { ...overlaid, value: mergeNodes(schemaOfKey(variant, entry.key), entry.value, overlaid.value) };
  });
  const added = over.entries.filter(({ key }) => !entryOf(base, key));
  return { kind: 'map', range: over.range, entries: [...kept, ...added] };
}

function changesType(base: PositionedMap, over: PositionedMap): boolean {
  const type = valueOf(over, 'type');
  const before = valueOf(base, 'type');
  return type !== undefined && before !== undefined && textOf(type) !== textOf(before);
}

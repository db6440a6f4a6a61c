import type { JsonValue } from '../base/json.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedMap, PositionedNode } from '../source/document.js';
import { entryOf, mapEntries, valueOf } from '../source/entries.js';
import { schemaOfKey, variantOf, type Schema } from '../spec/schema.js';

interface Completion {
  /** Where added values stand. */
  readonly place: SourceRange;
  /** The map that gives the values to inherit, once its own defaults are known. */
  readonly inherited: PositionedMap | undefined;
}

/**
 * Writes out what the file leaves to the language: the defaults of the schema, and the pipeline's seed for stages
 * without one. Each such value is marked `inferred`, and stands at the name of the map that it completes.
 */
export function complete(
  schema: Schema | undefined,
  node: PositionedNode,
  { place, inherited }: Completion,
): PositionedNode {
  if (schema === undefined || node.kind === 'scalar') return node;
  if (node.kind === 'list') {
    const items = node.items.map((item) => complete(schema.items, item, { place: item.range, inherited }));
    return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
  }
  const variant = variantOf(schema, node);
  if (!variant) return node;
  const written = mapEntries(node, ({ key, keyRange, value }) =>
    complete(schemaOfKey(variant, key), value, { place: keyRange, inherited }),
  );
  return withDefaults(variant, written, { place, inherited });
}

/** The map with the defaults of its own fields, and nothing done to those that it has. */
export function withDefaults(
  variant: Schema,
  map: PositionedMap,
  { place, inherited }: Completion,
): PositionedMap {
  const added = fieldsWithDefaults(variant).flatMap(([key, field]): PositionedEntry[] => {
    if (entryOf(map, key)) return [];
    const source = field['x-inherits'];
    const model = source === undefined ? undefined : valueOf(inherited, source);
    if (model) return [{ key, keyRange: place, value: handedDown(model) }];
    if (field.default === undefined) return [];
    const value = complete(field, inferred(field.default, place), { place, inherited });
    return [{ key, keyRange: place, value }];
  });
  return added.length === 0 ? map : { ...map, entries: [...map.entries, ...added] };
}

const withDefault = new WeakMap<Schema, readonly (readonly [key: string, field: Schema])[]>();

/** The fields of a record that the language fills in, in the schema's order. */
export function fieldsWithDefaults(record: Schema): readonly (readonly [key: string, field: Schema])[] {
  const known = withDefault.get(record);
  if (known) return known;
  const fields = Object.entries(record.properties ?? {}).filter(
    ([, field]) => field.default !== undefined || field['x-inherits'] !== undefined,
  );
  withDefault.set(record, fields);
  return fields;
}

/** A default that was written elsewhere in the file. */
export function handedDown(model: PositionedNode): PositionedNode {
  const from = model.inferred === true ? undefined : (model.from ?? model.range);
  return { ...model, inferred: true, ...(from && { from }) };
}

function inferred(value: JsonValue, range: SourceRange): PositionedNode {
  if (value === null || typeof value !== 'object') return { kind: 'scalar', range, value, inferred: true };
  if (isList(value)) {
    return { kind: 'list', range, items: value.map((item) => inferred(item, range)), inferred: true };
  }
  const entries = Object.entries(value).map(([key, member]) => ({
    key,
    keyRange: range,
    value: inferred(member, range),
  }));
  return { kind: 'map', range, entries, inferred: true };
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

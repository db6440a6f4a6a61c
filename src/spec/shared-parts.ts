import type { JsonObject, JsonValue } from '../base/json.js';

/** Characters below which a reference is hardly shorter than what it stands for. */
const shortest = 200;

/** Keywords whose value is a schema, a list of schemas, or schemas by name. Anything else is data. */
const one = ['items', 'additionalProperties', 'propertyNames', 'not', 'if', 'then', 'else'];
const listed = ['anyOf', 'oneOf', 'allOf'];
const named = ['properties', 'patternProperties', 'definitions'];

/**
 * The same JSON Schema (draft 7), with each part that stands in several places written once, under `definitions`, by the name of the
 * field that it is first found in. A file of it is a quarter as long.
 */
export function withSharedParts(schema: JsonObject): JsonObject {
  const timesFound = new Map<string, number>();
  const count = (part: JsonObject): void => {
    const text = JSON.stringify(part);
    const times = (timesFound.get(text) ?? 0) + 1;
    timesFound.set(text, times);
    // Parts of what is shared are found once, as it is written once.
    if (times === 1) eachPart(part, (inner) => (count(inner), inner));
  };
  eachPart(schema, (part) => (count(part), part));

  const { definitions: own = {}, ...root } = schema;
  const names = new Set(isObject(own) ? Object.keys(own) : []);
  const referenceOf = new Map<string, JsonObject>();
  const shared: Record<string, JsonObject> = {};
  const written = (part: JsonObject, field: string): JsonObject => {
    const text = JSON.stringify(part);
    if (text.length < shortest || timesFound.get(text) === 1) return eachPart(part, written, field);
    const known = referenceOf.get(text);
    if (known !== undefined) return known;
    const name = freeName(field, names);
    const reference = { $ref: `#/definitions/${name}` };
    referenceOf.set(text, reference);
    shared[name] = eachPart(part, written, field);
    return reference;
  };
  const whole = eachPart(root, written);
  const ours = eachPart({ definitions: own }, written)['definitions'] as JsonObject;
  return { ...whole, definitions: { ...ours, ...shared } };
}

/** A copy in which each schema just inside is replaced; `field` is the name under which it stands, or the one given. */
function eachPart(
  schema: JsonObject,
  replace: (part: JsonObject, field: string) => JsonObject,
  field = 'part',
): JsonObject {
  const replaced = (value: JsonValue, name: string): JsonValue =>
    isObject(value) ? replace(value, name) : value;
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]): [string, JsonValue] => {
      if (one.includes(keyword)) return [keyword, replaced(value, field)];
      if (listed.includes(keyword) && isList(value))
        return [keyword, value.map((part) => replaced(part, field))];
      if (!named.includes(keyword) || !isObject(value)) return [keyword, value];
      const parts: Record<string, JsonValue> = {};
      for (const [name, part] of Object.entries(value)) parts[name] = replaced(part, plain(name) ?? field);
      return [keyword, parts];
    }),
  );
}

/** A name of a field, and no pattern. */
const plain = (name: string): string | undefined => (/^\w+$/.test(name) ? name : undefined);

function freeName(field: string, taken: Set<string>): string {
  let name = field;
  for (let number = 2; taken.has(name); number += 1) name = `${field}_${number}`;
  taken.add(name);
  return name;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

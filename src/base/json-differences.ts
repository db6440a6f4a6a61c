import type { JsonObject, JsonValue } from './json.js';

/** A place where two JSON values differ. A side that has nothing there lacks the value. */
export interface JsonDifference {
  readonly path: readonly string[];
  readonly old?: JsonValue;
  readonly new?: JsonValue;
}

/**
 * Where two JSON values differ, in the order of the old one's keys, and then of those that only the new one has.
 * Objects are entered; lists are values.
 */
export function jsonDifferences(
  old: JsonValue,
  now: JsonValue,
  path: readonly string[] = [],
): readonly JsonDifference[] {
  if (old === now) return [];
  if (!isObject(old) || !isObject(now)) return equalLists(old, now) ? [] : [{ path, old, new: now }];
  const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...keys].flatMap((key): readonly JsonDifference[] => {
    const [before, after] = [memberOf(old, key), memberOf(now, key)];
    const here = [...path, key];
    if (before === undefined) return after === undefined ? [] : [{ path: here, new: after }];
    return after === undefined ? [{ path: here, old: before }] : jsonDifferences(before, after, here);
  });
}

function equalLists(a: JsonValue, b: JsonValue): boolean {
  if (!isList(a) || !isList(b) || a.length !== b.length) return false;
  return a.every((item, index) => {
    const other = b[index];
    return other !== undefined && jsonDifferences(item, other).length === 0;
  });
}

/** A member of the object's own: `constructor` is none of most objects. */
function memberOf(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

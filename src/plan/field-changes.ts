import { canonicalJson } from '../base/canonical-json.js';
import type { JsonObject, JsonValue } from '../base/json.js';

type Path = readonly (string | number)[];

/** One value that is another than before, is new, or is gone. */
export type FieldChange =
  | { readonly change: 'changed'; readonly path: Path; readonly before: JsonValue; readonly after: JsonValue }
  | { readonly change: 'added'; readonly path: Path; readonly after: JsonValue }
  | { readonly change: 'removed'; readonly path: Path; readonly before: JsonValue };

/**
 * What differs between two values, each difference as small as it makes sense by itself: one item of a list that is as
 * long as before, otherwise the list; a map whose `type` changes or that shares no key with the other, whole, as files
 * are merged, too. The order of keys does not count.
 */
export function fieldChanges(before: JsonValue, after: JsonValue, path: Path = []): readonly FieldChange[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (isMap(before) && isMap(after) && (path.length === 0 || isSameKind(before, after))) {
    return mapChanges(before, after, path);
  }
  if (isList(before) && isList(after) && before.length === after.length) {
    const changes = after.map((item, index) => fieldChanges(before[index] ?? null, item, [...path, index]));
    const changed = changes.filter((found) => found.length > 0);
    if (changed.length === 1) return changed.flat();
  }
  return [{ change: 'changed', path, before, after }];
}

function mapChanges(before: JsonObject, after: JsonObject, path: Path): readonly FieldChange[] {
  const keys = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...keys].flatMap((key): readonly FieldChange[] => {
    const place = [...path, key];
    const [was, is] = [own(before, key), own(after, key)];
    if (was !== undefined && is !== undefined) return fieldChanges(was, is, place);
    if (is !== undefined) return [{ change: 'added', path: place, after: is }];
    return was === undefined ? [] : [{ change: 'removed', path: place, before: was }];
  });
}

function isSameKind(before: JsonObject, after: JsonObject): boolean {
  if (own(before, 'type') !== own(after, 'type')) return false;
  return Object.keys(before).some((key) => own(after, key) !== undefined);
}

function own(map: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isMap(value: JsonValue): value is JsonObject {
  return value !== null && typeof value === 'object' && !isList(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

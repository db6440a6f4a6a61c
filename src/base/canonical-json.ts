import { InternalError } from './invariant.js';
import type { JsonValue } from './json.js';

/**
 * The one text of a JSON value: keys sorted by UTF-16 code unit, no white space, numbers and strings as
 * ECMAScript prints them (RFC 8785). Equal values give equal text, so its digest identifies the value.
 *
 * @param known The texts of some objects, which values that have much in common need not print again.
 * @throws InternalError for a number that JSON cannot carry.
 */
export function canonicalJson(value: JsonValue, known?: ReadonlyMap<object, string>): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new InternalError(`${value} has no canonical JSON form`);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const text = known?.get(value);
  if (text !== undefined) return text;
  if (isList(value)) return `[${value.map((item) => canonicalJson(item, known)).join(',')}]`;
  // `sort` alone goes by code unit; the order must not depend on the machine's locale.
  const keys = Object.keys(value).sort();
  const members = keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null, known)}`);
  return `{${members.join(',')}}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

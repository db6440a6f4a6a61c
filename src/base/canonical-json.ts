import { InternalError } from './invariant.js';
import type { JsonValue } from './json.js';

/**
 * The one text of a JSON value: keys sorted by UTF-16 code unit, no white space, numbers and strings as
 * ECMAScript prints them (RFC 8785). Equal values give equal text, so its digest identifies the value.
 *
 * @throws InternalError for a number that JSON cannot carry.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new InternalError(`${value} has no canonical JSON form`);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  // `sort` alone goes by code unit; the order must not depend on the machine's locale.
  const keys = Object.keys(value).sort();
  const members = keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

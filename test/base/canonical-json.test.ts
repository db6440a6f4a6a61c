import fc from 'fast-check';
import { expect, test } from 'vitest';

import { canonicalJson } from '../../src/base/canonical-json.js';
import type { JsonValue } from '../../src/base/json.js';

const json = fc.jsonValue() as fc.Arbitrary<JsonValue>;

test('the text is JSON for the value', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(wire(value));
    }),
  );
});

test('the order in which keys were written makes no difference', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).toReversed());
      expect(canonicalJson(reversed)).toBe(canonicalJson(value));
    }),
  );
});

test('texts that are known make no difference', () => {
  fc.assert(
    fc.property(fc.array(json), fc.array(json), (parts, others) => {
      const objects = [...parts, ...others].filter((part) => part !== null && typeof part === 'object');
      const known = new Map(objects.map((object) => [object, canonicalJson(object)]));
      const value = { parts, within: { parts: parts.toReversed() } };
      expect(canonicalJson(value, known)).toBe(canonicalJson(value));
    }),
  );
});

test('keys go by UTF-16 code unit, as RFC 8785 has it', () => {
  // Section 3.2.3 of the RFC.
  const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6', '10', '9'];
  const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, null])));
  const written = [...text.matchAll(/"((?:[^"\\]|\\.)*)":null/g)].map(([, key = '']) => key);
  expect(written).toEqual(['\\r', '1', '10', '9', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%s has no form', (value) => {
  expect(() => canonicalJson([value])).toThrow('canonical JSON');
});

/** JSON has no negative zero. */
function wire(value: JsonValue): unknown {
  return JSON.parse(JSON.stringify(value));
}

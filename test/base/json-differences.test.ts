import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonicalJson } from '../../src/base/canonical-json.js';
import { jsonDifferences } from '../../src/base/json-differences.js';
import type { JsonValue } from '../../src/base/json.js';

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>;

describe('jsonDifferences', () => {
  it('names what differs in the order of the old value, and then what is new', () => {
    const old = { b: { x: 1, gone: null }, a: [1, 2], same: [{ y: 1 }] };
    const now = { new: 0, same: [{ y: 1 }], a: [1, 3], b: { x: 2 } };
    expect(jsonDifferences(old, now)).toEqual([
      { path: ['b', 'x'], old: 1, new: 2 },
      { path: ['b', 'gone'], old: null },
      { path: ['a'], old: [1, 2], new: [1, 3] },
      { path: ['new'], new: 0 },
    ]);
  });

  it('takes names that every object has for names like others', () => {
    const text = '{"__proto__": 1, "constructor": 2}';
    expect(jsonDifferences({}, JSON.parse(text) as JsonValue)).toEqual([
      { path: ['__proto__'], new: 1 },
      { path: ['constructor'], new: 2 },
    ]);
  });

  it('finds none exactly where the values have one canonical text', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(jsonDifferences(a, b).length === 0).toBe(canonicalJson(a) === canonicalJson(b));
        expect(jsonDifferences(a, JSON.parse(canonicalJson(a)) as JsonValue)).toEqual([]);
      }),
    );
  });
});

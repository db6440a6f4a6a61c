import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { JsonObject, JsonValue } from '../../src/base/json.js';
import { fieldChanges, type FieldChange } from '../../src/plan/field-changes.js';

describe('what differs between two values', () => {
  it('is told as small as it makes sense', () => {
    const before = { a: { b: 1, c: [1, 2] }, d: [1, 2], e: { type: 'sgd', lr: 1 }, f: { steps: 1 }, g: 1 };
    const after = { g: 1, a: { b: 2, c: [1, 3] }, d: [1], e: { type: 'adam', lr: 1 }, f: { images: 9 } };
    expect(fieldChanges(before, after)).toEqual([
      { change: 'changed', path: ['a', 'b'], before: 1, after: 2 },
      { change: 'changed', path: ['a', 'c', 1], before: 2, after: 3 },
      { change: 'changed', path: ['d'], before: [1, 2], after: [1] },
      { change: 'changed', path: ['e'], before: before.e, after: after.e },
      { change: 'changed', path: ['f'], before: before.f, after: after.f },
    ]);
  });

  it('is nothing where only the order of keys differs', () => {
    fc.assert(
      fc.property(map, (value) => {
        expect(fieldChanges(value, Object.fromEntries(Object.entries(value).reverse()))).toEqual([]);
      }),
    );
  });

  it('makes one of the other', () => {
    fc.assert(
      fc.property(map, map, (before, after) => {
        const changes = fieldChanges(before, { ...before, ...after });
        expect(changes.reduce<JsonValue>(applied, before)).toEqual({ ...before, ...after });
        const back = fieldChanges({ ...before, ...after }, before);
        expect(back.reduce<JsonValue>(applied, { ...before, ...after })).toEqual(before);
      }),
    );
  });
});

const key = fc.constantFrom('type', 'a', 'b', 'c');
const { value: anyValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(0, 1, 'text', true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value')),
  ),
}));
const map = fc.dictionary(key, anyValue, { noNullPrototype: true });

/** The value with one change made in it. */
function applied(value: JsonValue, { path, ...change }: FieldChange): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return 'after' in change ? change.after : null;
  if (isList(value))
    return value.map((item, index) => (index === step ? applied(item, { path: rest, ...change }) : item));
  const { [step]: inner = null, ...others } = value as JsonObject;
  if (rest.length === 0 && change.change === 'removed') return others;
  return { ...others, [step]: applied(inner, { path: rest, ...change }) };
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

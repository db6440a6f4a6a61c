import { Type as TypeBox } from 'typebox';
import { describe, expect, it } from 'vitest';

import { Type } from '../../src/spec/type.js';

/** The same declarations by TypeBox's builders and by ours, as the JSON that they come to. */
function declarations(builders: typeof Type): unknown {
  const described = { description: 'What it is.' };
  return JSON.parse(
    JSON.stringify([
      builders.Array(builders.String({ minLength: 1 }), { minItems: 1, ...described }),
      builders.Boolean({ default: true }),
      builders.Integer({ minimum: 1, 'x-role': 'axis' }),
      builders.Number({ exclusiveMinimum: 0 }),
      ['word', 5, true].map((value) => builders.Literal(value as 'word', described)),
      builders.Object({}, described),
      builders.Object({ a: builders.Number(), b: builders.Optional(builders.String(described)) }),
      builders.Object({ b: builders.Optional(builders.Number()) }, { additionalProperties: false }),
      builders.Record(builders.String({ pattern: '^[a-z]+$' }), builders.Number(), described),
      builders.Union([builders.Null(), builders.Number()], described),
      builders.Unsafe<'x'>({ type: 'string', enum: ['x'] }),
    ]),
  );
}

describe('the builders of schemas', () => {
  it('give what TypeBox gives', () => {
    expect(declarations(Type)).toEqual(declarations(TypeBox));
  });

  it('leave a schema required where only a copy of it is optional', () => {
    const shared = Type.Number();
    expect(Type.Object({ a: shared, b: Type.Optional(shared) })).toMatchObject({ required: ['a'] });
  });
});

import type { JsonObject } from '../base/json.js';
import { fanOutSchema } from './fan-out.js';
import { sectionNouns } from './labels.js';
import { pipelineSchema, schemaOfKey, tagOf, type Schema } from './schema.js';
import { shorthandsOf } from './shorthands.js';

/** A JSON Schema beyond the parts that the canonical one is made of. */
type SurfaceSchema = Schema & {
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, SurfaceSchema>>;
  readonly anyOf?: readonly SurfaceSchema[];
  readonly allOf?: readonly SurfaceSchema[];
  readonly not?: JsonObject;
  readonly if?: JsonObject;
  readonly then?: SurfaceSchema;
  readonly else?: SurfaceSchema;
};

const expression: Schema = {
  type: 'string',
  pattern: '\\$\\{.*\\}',
  description: 'An expression: ${vars.name}, ${seed} or ${env:NAME,default}.',
};

/**
 * What a file may look like before anything is resolved, for editors: the canonical schema, in which fields with a
 * default may be left out, a `${...}` may stand for every value, shorthands are known, and `vars` and `x-` keys
 * are allowed. What extends something may leave out what that has. It accepts every pipeline that is right, and not
 * only those: names, ranges of computed values and the semantic rules are checked by `validate`.
 */
export function surfaceSchema(): SurfaceSchema {
  const { properties = {}, required, ...root } = surfaceOf(pipelineSchema);
  const sections = Object.keys(sectionNouns);
  const whole = sections.map((name) => [name, sectionOf(name, false)] as const);
  const partial = sections.map((name) => [name, sectionOf(name, true)] as const);
  return {
    ...root,
    properties: {
      ...properties,
      ...Object.fromEntries(whole.map(([name, { type, description }]) => [name, { type, description }])),
      ...fanOutFields(),
      vars: { type: 'object', description: 'Values to refer to as ${vars.name}.' },
      ...extendsFields('Files that this one is written over, left to right; their paths count from here.'),
    },
    patternProperties: { '^x-': { description: 'Storage, for anchors; it has no meaning of its own.' } },
    if: { required: ['extends'] },
    then: { properties: Object.fromEntries(partial) },
    else: { properties: Object.fromEntries(whole), ...(required && { required }) },
    definitions: Object.fromEntries(sections.flatMap(declarationsOf)),
  };
}

function variantsOf(section: string): readonly Schema[] {
  return schemaOfKey(pipelineSchema.properties?.[section], 'any')?.oneOf ?? [];
}

/** The kinds of declarations in a section, by name, nothing in them being required. */
function declarationsOf(section: string): readonly (readonly [string, SurfaceSchema])[] {
  return variantsOf(section).map((variant) => {
    const { required, properties, ...rest } = surfaceOf(variant);
    const extended = extendsFields(`Other ${section} that this one is written over, as in ${section}.name.`);
    return [`${section}.${tagOf(variant)}`, { ...rest, properties: { ...properties, ...extended } }];
  });
}

/** A section whose entries are complete, or those of a file that extends others. */
function sectionOf(section: string, isPartial: boolean): SurfaceSchema {
  const { patternProperties = {}, ...rest } = surfaceOf(pipelineSchema.properties?.[section] ?? {});
  const references = variantsOf(section).map((variant) => ({
    variant,
    $ref: `#/definitions/${section}.${tagOf(variant)}`,
  }));
  const some: SurfaceSchema = { type: 'object', anyOf: references.map(({ $ref }) => ({ $ref })) };
  const complete: SurfaceSchema = {
    type: 'object',
    if: { required: ['extends'] },
    then: some,
    else: {
      required: ['type'],
      oneOf: references.map(({ variant, $ref }) => ({
        allOf: [{ $ref }],
        required: surfaceOf(variant).required ?? [],
      })),
    },
  };
  const entry = orExpression(isPartial ? some : complete);
  return {
    ...rest,
    patternProperties: Object.fromEntries(Object.keys(patternProperties).map((name) => [name, entry])),
  };
}

function fanOutFields(): Readonly<Record<string, SurfaceSchema>> {
  return Object.fromEntries(
    Object.entries(fanOutSchema.properties ?? {}).map(([key, field]) => [
      key,
      orExpression(surfaceOf(field)),
    ]),
  );
}

function extendsFields(description: string): Readonly<Record<string, SurfaceSchema>> {
  const text: Schema = { type: 'string', minLength: 1 };
  const list: Schema = { type: 'array', items: text };
  return {
    extends: { description, anyOf: [text, { ...list, minItems: 1 }] },
    remove: { description: 'Paths of what is not taken over.', ...list },
  };
}

/** The schema of a value that was written out, with expressions inside it. */
function surfaceOf(schema: Schema): SurfaceSchema {
  const plain = withoutOwnKeywords(schema);
  if (schema.oneOf) return { ...plain, oneOf: schema.oneOf.map(surfaceOf) };
  if (schema.items) return { ...plain, items: orExpression(surfaceOf(schema.items)) };
  if (schema.patternProperties) {
    const values = Object.entries(schema.patternProperties);
    const named = Object.entries(schema.properties ?? {});
    return {
      ...plain,
      ...(schema.properties && {
        properties: Object.fromEntries(named.map(([key, value]) => [key, orExpression(surfaceOf(value))])),
      }),
      patternProperties: Object.fromEntries(
        values.map(([pattern, value]) => [pattern, orExpression(surfaceOf(value))]),
      ),
    };
  }
  return schema.properties ? surfaceOfRecord(schema, plain, schema.properties) : plain;
}

/** Without the keywords that only the canonical form has a use for. */
function withoutOwnKeywords(schema: Schema): Schema {
  const own = new Set(['discriminator', 'x-role', 'x-inherits', 'x-short']);
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !own.has(keyword)));
}

function surfaceOfRecord(
  schema: Schema,
  plain: Schema,
  properties: Readonly<Record<string, Schema>>,
): SurfaceSchema {
  const tag = tagOf(schema);
  const required = schema.required?.filter((key) => !hasDefault(properties[key]));
  const fields = Object.entries(properties).map(([key, field]) => {
    // Editors choose the variant by its `type`, which therefore has to stand there as it is.
    if (key === 'type' || key === 'version') return [key, surfaceOf(field)] as const;
    // Sections are never one expression: names are looked up in them.
    if (schema === pipelineSchema && field.type === 'object') return [key, surfaceOf(field)] as const;
    return [key, orExpression(orShorthand(surfaceOf(field), tag, key))] as const;
  });
  const record = {
    ...plain,
    properties: Object.fromEntries(fields),
    ...(required !== undefined && { required }),
  };
  return orText(schema, withOwnShorthands(record, tag));
}

function hasDefault(field: Schema | undefined): boolean {
  return field?.default !== undefined || field?.['x-inherits'] !== undefined;
}

function orExpression(schema: SurfaceSchema): SurfaceSchema {
  const isAnyText = schema.type === 'string' && !schema.enum && schema.pattern === undefined;
  return isAnyText ? schema : alternatives(schema, expression);
}

/** A map that a text may stand for. */
function orText({ 'x-short': pattern }: Schema, record: SurfaceSchema): SurfaceSchema {
  return pattern === undefined ? record : alternatives(record, { type: 'string', pattern });
}

/** A field of a stage that has a short form under its own name. */
function orShorthand(schema: SurfaceSchema, type: string, key: string): SurfaceSchema {
  return shorthandsOf(type)
    .filter((shorthand) => shorthand.key === key && shorthand.field === key && shorthand.isForEditors)
    .reduce((all, shorthand) => alternatives(all, surfaceOf(shorthand.schema)), schema);
}

/** The shorthands that have a name of their own, only one of them, and never beside the field that they stand for. */
function withOwnShorthands(record: SurfaceSchema, type: string): SurfaceSchema {
  const own = shorthandsOf(type).filter(({ key, field, isForEditors }) => key !== field && isForEditors);
  if (own.length === 0) return record;
  const added = own.map(({ key, schema }) => [key, orExpression(surfaceOf(schema))] as const);
  const names = own.flatMap(({ key, field }) => [key, field]);
  const pairs = own.flatMap(({ key }, index) =>
    [...new Set(names.slice(index * 2 + 1))].filter((other) => other !== key).map((other) => [key, other]),
  );
  return {
    ...record,
    properties: { ...record.properties, ...Object.fromEntries(added) },
    not: { anyOf: pairs.map((required) => ({ required })) },
  };
}

/** Either of the two; what describes the first is said of both. */
function alternatives(schema: SurfaceSchema, other: SurfaceSchema): SurfaceSchema {
  const { description, default: standard, ...first } = schema;
  const options = schema.anyOf ?? [first];
  return {
    ...(description !== undefined && { description }),
    ...(standard !== undefined && { default: standard }),
    anyOf: [...options, other],
  };
}

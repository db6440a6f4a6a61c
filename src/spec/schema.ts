import type { JsonValue } from '../base/json.js';
import type { PositionedNode, PositionedScalar } from '../source/document.js';
import { mapEntries, textOf, valueOf } from '../source/entries.js';
import { pipeline } from './pipeline.js';
import type { Role } from './schema-builders.js';

/** The parts of JSON Schema that the language's schemas are made of. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly description?: string;
  readonly default?: JsonValue;
  readonly const?: JsonValue;
  readonly enum?: readonly JsonValue[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: false;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  /** Records told apart by the literal in their `type`. */
  readonly oneOf?: readonly Schema[];
  readonly discriminator?: { readonly propertyName: 'type' };
  readonly 'x-role'?: Role;
  /** The field of the pipeline that gives the default. */
  readonly 'x-inherits'?: string;
  /** The pattern of a text that stands for the map, for editors. */
  readonly 'x-short'?: string;
}

/** The canonical schema of a pipeline, as the JSON Schema that it is. */
export const pipelineSchema = pipeline as unknown as Schema;

/** The name that tells a variant of a tagged map apart. */
export function tagOf(variant: Schema): string {
  const tag = variant.properties?.['type']?.const;
  return typeof tag === 'string' ? tag : '';
}

/** The schema that holds for this map: of a tagged one, the variant that its `type` names. */
export function variantOf(schema: Schema, map: PositionedNode): Schema | undefined {
  if (schema.oneOf === undefined) return schema;
  const tag = textOf(valueOf(map, 'type'));
  return schema.oneOf.find((variant) => tagOf(variant) === tag);
}

/** The schema of a key's value, or undefined for a key that the schema does not know. */
export function schemaOfKey(schema: Schema | undefined, key: string): Schema | undefined {
  if (schema?.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key];
  if (schema?.patternProperties === undefined) return undefined;
  const named = Object.entries(schema.patternProperties);
  return named.find(([pattern]) => new RegExp(pattern, 'u').test(key))?.[1];
}

export interface ScalarPlace {
  readonly scalar: PositionedScalar;
  /** Undefined below keys that the schema does not know. */
  readonly schema: Schema | undefined;
  readonly path: readonly (string | number)[];
}

/** Every scalar below a node, with the schema of its field. */
export function* scalarsOf(
  schema: Schema | undefined,
  node: PositionedNode,
  path: readonly (string | number)[] = [],
): Generator<ScalarPlace> {
  switch (node.kind) {
    case 'scalar':
      yield { scalar: node, schema, path };
      break;
    case 'list':
      for (const [index, item] of node.items.entries()) {
        yield* scalarsOf(schema?.items, item, [...path, index]);
      }
      break;
    case 'map': {
      const variant = schema && variantOf(schema, node);
      for (const { key, value } of node.entries) {
        yield* scalarsOf(schemaOfKey(variant, key), value, [...path, key]);
      }
    }
  }
}

/** The node with each scalar below it changed, by a function that is told the schema of its field. */
export function mapScalars<N extends PositionedNode>(
  schema: Schema | undefined,
  node: N,
  change: (scalar: PositionedScalar, schema: Schema | undefined) => PositionedScalar,
): N;
export function mapScalars(
  schema: Schema | undefined,
  node: PositionedNode,
  change: (scalar: PositionedScalar, schema: Schema | undefined) => PositionedScalar,
): PositionedNode {
  switch (node.kind) {
    case 'scalar':
      return change(node, schema);
    case 'list': {
      const items = node.items.map((item) => mapScalars(schema?.items, item, change));
      return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
    }
    case 'map': {
      const variant = schema && variantOf(schema, node);
      return mapEntries(node, ({ key, value }) => mapScalars(schemaOfKey(variant, key), value, change));
    }
  }
}

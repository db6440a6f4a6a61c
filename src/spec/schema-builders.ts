import type { Static, TObject, TOptional, TProperties, TSchema, TUnsafe } from 'typebox';

import { Type } from './type.js';

/** A map with exactly these keys. */
export function record<P extends TProperties>(
  properties: P,
  options: { description?: string; default?: unknown } = {},
) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** One of several quantities, whose key is its unit: `{minutes: 30}`. */
export function quantity<P extends TProperties>(units: P, description: string) {
  const optional = Object.fromEntries(
    Object.entries(units).map(([unit, schema]) => [unit, Type.Optional(schema)]),
  ) as { [Unit in keyof P]: TOptional<P[Unit]> };
  return Type.Object(optional, {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    description,
  });
}

/** A map from the user's own names to values of one kind. */
export function named<S extends TSchema>(
  schema: S,
  options: { description?: string; minProperties?: number; default?: unknown } = {},
) {
  return Type.Record(Type.String({ pattern: namePattern }), schema, {
    additionalProperties: false,
    ...options,
  });
}

/** Names of datasets, architectures, stages and metrics: what may follow a dot in a reference. */
export const namePattern = '^[A-Za-z][A-Za-z0-9_-]*$';

/**
 * One of several records, told apart by the literal in their `type`. A discriminator lets ajv report the
 * errors of the variant that was meant, rather than those of all of them.
 */
export function tagged<const V extends readonly TObject[]>(
  variants: V,
  options: { description?: string; default?: unknown } = {},
): TUnsafe<Static<V[number]>> {
  return Type.Unsafe<Static<V[number]>>({
    type: 'object',
    discriminator: { propertyName: 'type' },
    required: ['type'],
    oneOf: variants,
    ...options,
  });
}

/** One of a few words. */
export function words<const W extends readonly string[]>(
  values: W,
  options: { description?: string; default?: W[number] } = {},
): TUnsafe<W[number]> {
  return Type.Unsafe<W[number]>({ type: 'string', enum: values, ...options });
}

/**
 * What a string in the specification stands for, beyond being a string: a place on disk (`data` is a file or a
 * folder), a dataset split, a stage of any kind, the stage that trains a model or an extractor, a metric of a stage,
 * an architecture, or an axis of the fan-out.
 */
export type Role = (typeof pathRoles)[number] | ReferenceRole | 'axis';

/** Of places on disk. */
export const pathRoles = ['file', 'folder', 'data'] as const;

/** Of names that the file itself declares. */
export const referenceRoles = [
  'split',
  'stage',
  'model',
  'extractor',
  'metric',
  'generator',
  'critic',
] as const;
export type ReferenceRole = (typeof referenceRoles)[number];

/** A string that names something: a path on disk, or another declaration of the file. */
export function reference(role: Role, description: string) {
  return Type.String({ description, minLength: 1, 'x-role': role });
}

export const positiveInteger = (description: string, options: { default?: number } = {}) =>
  Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1, description, ...options });

export const positiveNumber = (description: string, options: { default?: number } = {}) =>
  Type.Number({ exclusiveMinimum: 0, description, ...options });

/** A number in [0, 1). */
export const decay = (description: string, options: { default?: number } = {}) =>
  Type.Number({ minimum: 0, exclusiveMaximum: 1, description, ...options });

/** A number of generator steps; `standard` is its default. */
export const stepsFrom = (minimum: 0 | 1, description: string, standard?: number) =>
  record(
    { generator_steps: Type.Integer({ minimum, maximum: 2 ** 31 - 1, description: 'Generator steps.' }) },
    { description, ...(standard !== undefined && { default: { generator_steps: standard } }) },
  );

import Type, { type Static, type TObject, type TProperties, type TSchema, type TUnsafe } from 'typebox';

/** A map with exactly these keys. */
export function record<P extends TProperties>(properties: P, options: { description?: string } = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** A map from the user's own names to values of one kind. */
export function named<S extends TSchema>(
  schema: S,
  options: { description?: string; minProperties?: number } = {},
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

/** What a string in the specification stands for, beyond being a string. */
export type Role = 'file' | 'folder' | 'split' | 'stage' | 'generator' | 'critic';

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

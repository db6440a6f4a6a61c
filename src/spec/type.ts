import type { Type as TypeBox } from 'typebox';

/** The parts of TypeBox that the language is declared with. */
type Builders = Pick<
  typeof TypeBox,
  | 'Array'
  | 'Boolean'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Number'
  | 'Object'
  | 'Optional'
  | 'Record'
  | 'String'
  | 'Union'
  | 'Unsafe'
>;

type Options = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, object>>;

const optional = new WeakSet<object>();

/**
 * TypeBox's builders, typed as they are and giving the same JSON Schemas, without TypeBox itself: its hundreds of modules
 * would take longer to load than a pipeline takes to check. A test holds the two to each other.
 */
export const Type = {
  Array: (items: object, options?: Options) => ({ type: 'array', items, ...options }),
  Boolean: (options?: Options) => ({ type: 'boolean', ...options }),
  Integer: (options?: Options) => ({ type: 'integer', ...options }),
  Literal: (value: string | number | boolean, options?: Options) => ({
    type: typeof value,
    const: value,
    ...options,
  }),
  Null: (options?: Options) => ({ type: 'null', ...options }),
  Number: (options?: Options) => ({ type: 'number', ...options }),
  Object: (properties: Properties, options?: Options) => {
    const required = Object.keys(properties).filter((key) => !optional.has(properties[key] ?? {}));
    return { type: 'object', ...(required.length > 0 && { required }), properties, ...options };
  },
  Optional: (schema: object) => {
    const copy = { ...schema };
    optional.add(copy);
    return copy;
  },
  Record: ({ pattern }: { readonly pattern?: string }, value: object, options?: Options) => ({
    type: 'object',
    patternProperties: { [pattern ?? '^.*$']: value },
    ...options,
  }),
  String: (options?: Options) => ({ type: 'string', ...options }),
  Union: (variants: readonly object[], options?: Options) => ({ anyOf: variants, ...options }),
  Unsafe: (schema: object) => ({ ...schema }),
} as unknown as Builders;

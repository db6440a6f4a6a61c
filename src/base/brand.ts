declare const brand: unique symbol;

/**
 * A `T` that only its own constructor function makes, so that two kinds of string cannot be exchanged.
 * A branded type can be branded again: a `StageKey` is a `Digest`, but not every digest is a key.
 */
export type Brand<T, Name extends string> = T & { readonly [brand]: Readonly<Record<Name, true>> };

declare const brand: unique symbol;

/** A `T` that only its own constructor function makes, so that two kinds of string cannot be exchanged. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

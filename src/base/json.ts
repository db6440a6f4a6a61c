/** A value that JSON can carry. Non-finite numbers are not among them; see `canonicalJson`. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

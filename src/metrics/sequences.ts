/** Texts of one length as numbers of tokens, sequence after sequence: `count` times `length`. */
export interface Sequences {
  readonly count: number;
  readonly length: number;
  readonly tokens: Int32Array;
}

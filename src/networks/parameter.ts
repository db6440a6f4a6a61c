/** One tensor that training changes. Float32. */
export interface Parameter {
  /** Unique in its network, as `conv2/filters`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
  /** The first axis is that of classes: each sample is told its own row. */
  readonly ofClasses?: true;
}

/** Distribution of a parameter's first values. */
export type Initial =
  | { readonly type: 'normal'; readonly mean: number; readonly std: number }
  /** Uniform in [-bound, bound). */
  | { readonly type: 'uniform'; readonly bound: number }
  | { readonly type: 'constant'; readonly value: number }
  /** Rows or columns, whichever are fewer, are orthogonal and of length `gain`: of all axes but the last by the last. */
  | { readonly type: 'orthogonal'; readonly gain: number }
  /** Of length 1, each direction being as likely as any other. */
  | { readonly type: 'direction' };

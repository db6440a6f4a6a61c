/** Why TensorFlow's library is not there to compute with. */
export interface NativeProblem {
  readonly reason: NativeProblemReason;
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  /** What to do: each a sentence or a command line, any one of which suffices. */
  readonly help: readonly string[];
  /** The last lines that the program at fault wrote (pip, the compiler); empty where there was none. */
  readonly output: readonly string[];
}

export type NativeProblemReason =
  | 'unsupported-platform'
  | 'no-gpu'
  | 'tools-missing'
  | 'cache-refused'
  | 'disk-full'
  | 'download-failed'
  | 'wrong-digest'
  | 'bad-archive'
  | 'compile-failed'
  | 'load-failed';

/** The way out that is always there. It is offered, and never taken by itself: it is far slower. */
export const cpuWayOut = 'or run with `--backend cpu` (pure JavaScript: needs no set-up, computes slowly)';

export function problem(
  reason: NativeProblemReason,
  message: string,
  help: readonly string[],
  output: readonly string[] = [],
): NativeProblem {
  return { reason, message, help: [...help, cpuWayOut], output };
}

/** Thrown where our own code is wrong. The command line prints it as "Internal error" and exits 1. */
export class InternalError extends Error {
  override readonly name = 'InternalError';
}

/**
 * States what must hold at this point whatever the user wrote.
 * @throws InternalError when it does not hold.
 */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}

/** The value, which the code's own logic says is there. */
export function required<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new InternalError(`${what} is missing`);
  return value;
}

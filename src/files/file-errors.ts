/** The operating system's name for what went wrong (`ENOENT`), or undefined for any other exception. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Awaits a file operation for which some errors mean that there was nothing to do. */
export async function tolerating(codes: readonly string[], operation: Promise<unknown>): Promise<void> {
  try {
    await operation;
  } catch (error) {
    if (!codes.includes(errorCode(error) ?? '')) throw error;
  }
}

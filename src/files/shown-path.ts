import { relative, resolve } from 'node:path';

/** A path as a person at a terminal reads it: from the working directory, or absolute where that is shorter. */
export function shownPath(path: string, workingDirectory: string): string {
  const absolute = resolve(workingDirectory, path);
  const fromHere = relative(workingDirectory, absolute) || '.';
  return fromHere.length <= absolute.length ? fromHere : absolute;
}

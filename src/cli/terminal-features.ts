import type { Surroundings } from './surroundings.js';

/** Whether colours are wanted and would be seen (https://no-color.org). */
export function hasColour(stream: NodeJS.WriteStream, environment: Surroundings['environment']): boolean {
  return stream.isTTY && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
}

/** Cells in a line: of a file, a pipe, or a terminal that does not know its own size, 80. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY && stream.columns > 0 ? stream.columns : 80;
}

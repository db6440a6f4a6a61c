import { toLine } from '../../execute/event-lines.js';
import type { RunDisplay } from './contract.js';

/** The events themselves, one line of JSON each: the journal's own form, so a reader of one reads the other. */
export function createJsonDisplay(
  stream: { readonly write: (text: string) => unknown },
  say: RunDisplay['say'],
): RunDisplay {
  return {
    show: (event) => void stream.write(`${toLine(event)}\n`),
    say,
    finish: ({ warnings }) => warnings.forEach((warning) => say(`warning: ${warning}`)),
    close: () => undefined,
  };
}

import { toLine } from '../../execute/event-lines.js';
import type { RunDisplay } from './contract.js';

/** The events themselves, one line of JSON each: the journal's own form, so a reader of one reads the other. */
export function createJsonDisplay(stream: { readonly write: (text: string) => unknown }): RunDisplay {
  return {
    show: (event) => void stream.write(`${toLine(event)}\n`),
    finish: () => undefined,
    close: () => undefined,
  };
}

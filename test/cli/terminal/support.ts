import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

/** A stream that remembers what was written to it, and that can pass for a terminal. */
export interface Screen {
  readonly stream: NodeJS.WriteStream;
  /** All that was written, escape sequences included. */
  readonly written: () => string;
  /** The same without escape sequences, as lines. */
  readonly lines: () => readonly string[];
}

export function screen(options: { readonly terminal: boolean; readonly columns?: number }): Screen {
  let text = '';
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const { terminal, columns = 80 } = options;
  return {
    stream: Object.assign(stream, { isTTY: terminal, columns, rows: 24 }) as unknown as NodeJS.WriteStream,
    written: () => text,
    lines: () => stripVTControlCharacters(text).split('\n'),
  };
}

/** A clock that stands still until it is moved. Milliseconds since the epoch. */
export function clock(start: number): { now: () => number; pass: (milliseconds: number) => void } {
  let time = start;
  return {
    now: () => time,
    pass: (milliseconds) => {
      time += milliseconds;
    },
  };
}

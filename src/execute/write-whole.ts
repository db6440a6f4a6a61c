import { writeSync } from 'node:fs';

import { errorCode } from '../files/file-errors.js';

/**
 * Writes the text before returning, waiting where a pipe is full. What was written so survives even a
 * SIGKILL of the writer, and a stage that never yields to its event loop is heard all the same.
 */
export function writeWhole(descriptor: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

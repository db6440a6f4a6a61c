import { closeSync, openSync, read, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

import { invariant } from '../base/invariant.js';
import { type NpyData, npyElements, type NpyLayout, npyLayout } from '../base/npy.js';
import { sizeOf } from '../base/shape.js';
import { StageProblem } from '../execute/contract.js';
import { errorCode } from '../files/file-errors.js';

/** Where samples are while a stage works: in memory, or on the disk, from where they are read when they are wanted. */
export type Residence = 'memory' | 'disk';

/** What takes up to so many bytes is kept in memory, unless something else is said. */
export const mostInMemory = 2 ** 30;

/** An array in a file, row by row: a row is what lies at one index of its first axis. */
export type Rows =
  { readonly in: 'memory'; readonly data: NpyData } | { readonly in: 'disk'; readonly file: RowFile };

/**
 * @param residence By the file's size unless given.
 * @throws InternalError when the file is not in the form that we write.
 */
export async function openRows(path: string, residence?: Residence): Promise<Rows> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const layout = npyLayout(await bytesIn(file, 0, Math.min(size, longestHeader)), size);
    invariant(layout.ok, `${path} ${layout.ok ? '' : layout.error}`);
    const { start, descr } = layout.value;
    const where = residence ?? (size > mostInMemory ? 'disk' : 'memory');
    return where === 'disk'
      ? { in: where, file: new RowFile(path, layout.value) }
      : { in: where, data: npyElements(descr, await bytesIn(file, start, size - start)) };
  } finally {
    await file.close();
  }
}

/** Of a `.npy` file of format 1.0. */
const longestHeader = 2 ** 16 + 10;
/** One call gives no more than 2 GiB. */
const bytesAtOnce = 2 ** 30;

async function bytesIn(file: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, Math.min(bytesAtOnce, length - done), start + done);
    invariant(bytesRead > 0, 'a file became shorter while it was read');
    done += bytesRead;
  }
  return bytes;
}

/** Bytes that follow each other in the file, and where they belong among those that are read. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** The rows of a file, which is opened for each call: nothing is held between two of them. */
export class RowFile {
  private readonly path: string;
  private readonly layout: NpyLayout;
  private readonly rowBytes: number;

  constructor(path: string, layout: NpyLayout) {
    this.path = path;
    this.layout = layout;
    this.rowBytes = layout.bytesPerElement * sizeOf(layout.shape.slice(1));
  }

  /**
   * The rows at these positions, one after another.
   * @throws StageProblem when the file is gone, cannot be read, or has become shorter.
   */
  read(positions: Int32Array): NpyData {
    const bytes = new Uint8Array(positions.length * this.rowBytes);
    try {
      const file = openSync(this.path, 'r');
      try {
        for (const { from, to, length } of this.stretches(positions)) {
          requireAll(readSync(file, bytes, to, length, from), length);
        }
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw this.problem(error);
    }
    return npyElements(this.layout.descr, bytes);
  }

  /**
   * The same. When this returns all has been asked for, and is read by Node.js's own threads, which work on while a call of
   * TensorFlow's blocks this one.
   */
  async readAhead(positions: Int32Array): Promise<NpyData> {
    const bytes = new Uint8Array(positions.length * this.rowBytes);
    try {
      const file = openSync(this.path, 'r');
      try {
        await allRead(file, bytes, this.stretches(positions));
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw this.problem(error);
    }
    return npyElements(this.layout.descr, bytes);
  }

  /** Neighbours in the file that are wanted one after the other are read at once. */
  private stretches(positions: Int32Array): readonly Stretch[] {
    const { layout, rowBytes } = this;
    const [count = 0] = layout.shape;
    const stretches: Stretch[] = [];
    for (let first = 0, end = 0; first < positions.length; first = end) {
      const start = positions[first] ?? 0;
      do end += 1;
      while (end < positions.length && positions[end] === start + end - first);
      invariant(start >= 0 && start + end - first <= count, `row ${start + end - first - 1} of ${count}`);
      stretches.push({
        from: layout.start + start * rowBytes,
        to: first * rowBytes,
        length: (end - first) * rowBytes,
      });
    }
    return stretches;
  }

  private problem(error: unknown): unknown {
    if (error instanceof Shortened) return this.gone('it has become shorter');
    if (errorCode(error) === 'ENOENT') return this.gone('it is gone');
    return errorCode(error) === undefined ? error : this.gone(String(error));
  }

  private gone(why: string): StageProblem {
    return new StageProblem(
      `samples can no longer be read from ${this.path}: ${why}`,
      [],
      'Run the same command again: a dataset that is missing or damaged is made anew.',
    );
  }
}

class Shortened extends Error {
  override readonly name = 'Shortened';
}

function requireAll(found: number, wanted: number): void {
  if (found < wanted) throw new Shortened();
}

/** Not a promise for each stretch: there are some hundred in an iteration. */
function allRead(file: number, bytes: Uint8Array, stretches: readonly Stretch[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = stretches.length;
    let failure: Error | undefined;
    if (left === 0) resolve();
    for (const { from, to, length } of stretches) {
      read(file, bytes, to, length, from, (error, found) => {
        if (error !== null) failure ??= error;
        else if (found < length) failure ??= new Shortened();
        left -= 1;
        // The file stays open till the last of them.
        if (left > 0) return;
        if (failure === undefined) resolve();
        else reject(failure);
      });
    }
  });
}

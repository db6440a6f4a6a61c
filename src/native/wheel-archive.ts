import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { openPromise, type Entry } from 'yauzl';

import type { Digest } from '../base/digest.js';
import { err, ok, type Result } from '../base/result.js';
import type { PinnedWheel } from './wheel.js';
import { problem, type NativeProblem } from './problem.js';

export interface UnpackedFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly digest: Digest;
}

const regularFile = 0o100_000;
const fileType = 0o170_000;
const executable = 0o100;

/**
 * Unpacks what the pin names, and nothing else. The whole archive is refused for one entry that would leave
 * the folder or is not a plain file.
 *
 * @param into an empty folder.
 * @param unpacked called with the number of bytes as they are written.
 * @returns the files that the pin says to keep; the headers are unpacked too, and not among them.
 */
export async function unpackWheel(
  path: string,
  wheel: PinnedWheel,
  into: string,
  unpacked: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<Result<readonly UnpackedFile[], NativeProblem>> {
  const refused = (why: string) => err(badArchive(wheel, why));
  const files: UnpackedFile[] = [];
  try {
    const archive = await openPromise(path, { autoClose: false });
    try {
      // Throws for names that are absolute or hold `..`.
      const entries: Entry[] = [];
      for await (const entry of archive.eachEntry()) entries.push(entry);
      const odd = entries.find((entry) => !isPlain(entry));
      if (odd !== undefined) return refused(`${odd.fileName} is not a plain file`);
      for (const entry of entries) {
        const kept = wheel.entries.includes(entry.fileName);
        if (!kept && !isHeader(entry.fileName, wheel)) continue;
        const target = join(into, entry.fileName);
        await mkdir(dirname(target), { recursive: true });
        const hash = createHash('sha256');
        const meter = new PassThrough().on('data', (chunk: Buffer) => {
          hash.update(chunk);
          unpacked(chunk.length);
        });
        const mode = (attributesOf(entry) & executable) === 0 ? 0o644 : 0o755;
        const output = createWriteStream(target, { flags: 'wx', mode, flush: kept });
        const input = await archive.openReadStreamPromise(entry);
        await pipeline(input, meter, output, { ...(signal && { signal }) });
        if (kept)
          files.push({
            path: entry.fileName,
            bytes: entry.uncompressedSize,
            digest: hash.digest('hex') as Digest,
          });
      }
    } finally {
      archive.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    return refused(error instanceof Error ? error.message : String(error));
  }
  const absent = wheel.entries.find((entry) => !files.some((file) => file.path === entry));
  return absent === undefined ? ok(files) : refused(`${absent} is missing`);
}

function isHeader(name: string, { headers = [] }: PinnedWheel): boolean {
  return !name.endsWith('/') && headers.some((prefix) => name.startsWith(prefix));
}

function isPlain(entry: Entry): boolean {
  // Archives made elsewhere than on Unix carry no file type.
  const type = attributesOf(entry) & fileType;
  const plain = type === 0 || type === regularFile || entry.fileName.endsWith('/');
  return plain && !entry.isEncrypted();
}

/** Unix keeps the file's mode in the upper half. */
function attributesOf(entry: Entry): number {
  return entry.externalFileAttributes >>> 16;
}

function badArchive({ file }: PinnedWheel, why: string): NativeProblem {
  return problem('bad-archive', `${file} cannot be unpacked: ${why}`, [
    'start again; if that repeats itself, check the disk that holds the cache folder',
  ]);
}

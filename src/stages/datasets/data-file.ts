import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { StageProblem } from '../../execute/contract.js';
import { errorCode } from '../../files/file-errors.js';

const inflate = promisify(gunzip);

type Field = readonly (string | number)[];

/**
 * The content of a file of the user's, decompressed where it begins as gzip does (its name does not matter).
 * @throws StageProblem naming the file, for one that is missing, unreadable, damaged, or plainly another thing.
 */
export async function readDataFile(path: string, field: Field): Promise<Uint8Array> {
  const stored = await readFile(path).catch((error: unknown) => {
    throw accessProblem(path, field, error);
  });
  refuseLookalike(stored, path, field);
  if (stored[0] !== 0x1f || stored[1] !== 0x8b) return stored;

  const content = await inflate(stored).catch((error: unknown) => {
    throw new StageProblem(`${path} is a damaged gzip file: ${gzipFault(error)}`, field, downloadAgain);
  });
  refuseLookalike(content, path, field);
  return content;
}

export const downloadAgain = 'Download the file again, and compare its size with the one at its source.';

/** What the system said of a path, as the user's problem. */
export function accessProblem(path: string, field: Field, error: unknown): StageProblem {
  switch (errorCode(error) ?? '') {
    case 'ENOENT':
      return new StageProblem(`${path} does not exist`, field, 'Correct the path, or put the data there.');
    case 'EISDIR':
      return new StageProblem(`${path} is a folder, not a file`, field, 'Name the file in it.');
    case 'ENOTDIR':
      return new StageProblem(`${path} is a file, not a folder`, field, 'Name the folder that holds it.');
    case 'EACCES':
      return new StageProblem(`${path} may not be read by this user`, field, 'Change its permissions.');
    default:
      return new StageProblem(`${path} cannot be read: ${messageOf(error)}`, field);
  }
}

/** Reads of what is often found in the place of data, by how it begins. */
function refuseLookalike(bytes: Uint8Array, path: string, field: Field): void {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512)).toString('latin1');
  if (/^\s*<(!doctype html|html|head|\?xml)/i.test(start)) {
    throw new StageProblem(
      `${path} is a web page, not data: its download failed`,
      field,
      'Open the file to see what the server said, and download it again.',
    );
  }
  if (start.startsWith('version https://git-lfs')) {
    throw new StageProblem(`${path} is a Git LFS pointer, not data`, field, 'Run git lfs pull.');
  }
  if (start.startsWith('PK\u0003\u0004') || start.slice(257, 262) === 'ustar') {
    throw new StageProblem(`${path} is an archive`, field, 'Unpack it, and name the file that was in it.');
  }
}

function gzipFault(error: unknown): string {
  switch (errorCode(error) ?? '') {
    case 'Z_BUF_ERROR':
      return 'it ends too early';
    case 'Z_DATA_ERROR':
      return `its content does not fit its checksums (${messageOf(error)})`;
    default:
      return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

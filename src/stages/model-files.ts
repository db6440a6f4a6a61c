import { constants } from 'node:fs';
import { type FileHandle, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { formatBytes } from '../base/format.js';
import { StageProblem } from '../execute/contract.js';
import { errorCode } from '../files/file-errors.js';
import { accessProblem } from './datasets/data-file.js';

/** Where a stage names the folder of its network. */
export const networkField = ['network', 'path'] as const;

/**
 * A file of the user's model folder, at once.
 * @param most bytes
 * @throws StageProblem where it is missing, no plain file, or larger.
 */
export async function readModelFile(folder: string, name: string, most: number): Promise<Buffer> {
  const path = join(folder, name);
  return withPlainFile(path, most, (file) => file.readFile());
}

/** Copies one, some of it at a time. */
export async function copyModelFile(
  folder: string,
  name: string,
  target: string,
  most: number,
): Promise<void> {
  await withPlainFile(join(folder, name), most, (file) =>
    writeFile(target, file.createReadStream({ autoClose: false }), { flag: 'wx' }),
  );
}

/** The names of the plain files in a folder of the model's; undefined where there is no such folder. */
export async function modelFilesIn(folder: string, name: string): Promise<readonly string[] | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw accessProblem(folder, networkField, error);
  });
  const entry = entries.find((one) => one.name === name);
  if (entry === undefined) return undefined;
  const path = join(folder, name);
  if (!entry.isDirectory()) throw linkProblem(path);
  return (await readdir(path)).sort();
}

async function withPlainFile<T>(
  path: string,
  most: number,
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  // Without waiting: a pipe in the place of a file has no beginning.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: unknown) => {
    throw errorCode(error) === 'ELOOP' ? linkProblem(path) : accessProblem(path, networkField, error);
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw linkProblem(path);
    if (found.size > most) {
      throw new StageProblem(
        `${path} has ${formatBytes(found.size)}, and ${formatBytes(most)} is the most that is read`,
        networkField,
      );
    }
    return await use(file);
  } finally {
    await file.close();
  }
}

/** A link may lead out of the folder, and what it leads to is no part of the folder's content. */
function linkProblem(path: string): StageProblem {
  return new StageProblem(
    `${path} is a link, or no plain file, and a model consists of the files in its own folder`,
    networkField,
    'Copy the folder with what the links lead to, as `cp -rL` does, and name the copy.',
  );
}

import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { errorCode } from './file-errors.js';
import { isAlive, ownedName, ownerOf } from './process-identity.js';

/**
 * A path for what is to be moved to its place once it is whole. In the same folder, because a rename is atomic only
 * within one file system. The name says which process uses it.
 */
export function temporaryBeside(path: string): string {
  // Without the file's own name, which may be as long as names can be.
  return join(dirname(path), `.${ownedName()}.tmp`);
}

/** Removes from a folder, if it is there, what dead processes have not moved to its place. */
export async function removeDeadTemporaries(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const owner = ownerOf(/^\.(.*)\.tmp$/.exec(name)?.[1] ?? '');
    if (owner !== undefined && !isAlive(owner))
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
    throw error;
  }
}

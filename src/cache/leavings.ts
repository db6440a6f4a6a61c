import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '../files/file-errors.js';
import { isAlive, ownerOf } from '../files/process-identity.js';
import { tidyLock } from '../files/process-lock.js';
import { removeDeadTemporaries } from '../files/temporary.js';
import { draftsIn, locksIn, moveAside } from './layout.js';

/** Removes what dead processes have left in a store: drafts, claims to keys, half-written files. */
export async function removeLeavings(store: string): Promise<void> {
  for (const name of await foldersIn(draftsIn(store))) {
    const owner = ownerOf(name);
    if (owner === undefined || isAlive(owner)) continue;
    // Another process that removes it at the same time does not get in the way of this one.
    const aside = await moveAside(store, join(draftsIn(store), name));
    if (aside !== undefined) await rm(aside, { recursive: true, force: true });
  }
  await tidyLocks(store);
  await removeDeadTemporaries(store);
}

/** Removes what is left of the locks of dead processes. */
async function tidyLocks(store: string): Promise<void> {
  for (const name of await foldersIn(locksIn(store))) await tidyLock(join(locksIn(store), name));
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
    throw error;
  }
}

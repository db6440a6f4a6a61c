import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { errorCode, tolerating } from './file-errors.js';
import { temporaryBeside } from './temporary.js';

/**
 * Replaces the file, so that whoever looks, even after a power cut, finds the old content or the new one and
 * never a part. The folder must exist.
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  await writeBeside(path, content, (temporary) => rename(temporary, path));
}

/**
 * Makes the file, in the same way, where there is none.
 * @returns false where something stands there already, which stays as it is.
 */
export async function createFileAtomic(path: string, content: Uint8Array | string): Promise<boolean> {
  try {
    await writeBeside(path, content, async (temporary) => {
      // A link, because a rename would replace what somebody else put there just now.
      await link(temporary, path);
      await rm(temporary);
    });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function writeBeside(
  path: string,
  content: Uint8Array | string,
  place: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await place(temporary);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes the names in a folder (files created, renamed, removed) survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    // Some network file systems cannot sync a folder, and write names through at once.
    await tolerating(['EINVAL', 'ENOTSUP'], folder.sync());
  } finally {
    await folder.close();
  }
}

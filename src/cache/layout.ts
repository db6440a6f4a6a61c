import { rename } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from '../files/file-errors.js';
import { ownedName } from '../files/process-identity.js';
import type { StageKey } from '../plan/types.js';

/*
 * Where things are in the folder of a store:
 *
 *     <2 hex digits>/<key>/    an artifact: its files, and the marker `artifact.json`
 *     drafts/<process>,<id>/   artifacts in the making, and on their way out
 *     locks/<key>/             who produces the key, or removes it, right now
 *     checkpoints/<key>/       how far whoever produced it last had come; gone when the artifact is there
 */

export function directoryOf(store: string, key: StageKey): string {
  return join(store, key.slice(0, 2), key);
}

export function draftsIn(store: string): string {
  return join(store, 'drafts');
}

export function locksIn(store: string): string {
  return join(store, 'locks');
}

export function checkpointsIn(store: string): string {
  return join(store, 'checkpoints');
}

export function checkpointOf(store: string, key: StageKey): string {
  return join(checkpointsIn(store), key);
}

export function lockOf(store: string, key: StageKey): string {
  return join(locksIn(store), key);
}

/**
 * Takes a folder away in one step as seen from outside: what remains is to remove it where it then is, among the
 * drafts, and if this process dies before, whoever finds it there does.
 * @returns its new place; undefined where another process has moved it first.
 */
export async function moveAside(store: string, directory: string): Promise<string | undefined> {
  const aside = join(draftsIn(store), ownedName());
  try {
    await rename(directory, aside);
    return aside;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Puts a folder where an artifact belongs; false when that place is taken. */
export async function moveInto(directory: string, from: string): Promise<boolean> {
  try {
    await rename(from, directory);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

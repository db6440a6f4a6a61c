import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { isDigest } from '../base/digest.js';
import { errorCode } from '../files/file-errors.js';
import { isAlive, ownerOf, type ProcessIdentity } from '../files/process-identity.js';
import type { StageKey } from '../plan/types.js';
import type { Lookup } from './contract.js';
import { checkpointsIn, directoryOf, draftsIn } from './layout.js';
import { markerFile } from './marker.js';
import { peekStore } from './store.js';

/** What is in the folder of a store, whole or not. */
export interface Inventory {
  /** Keys at whose place something stands, in order. */
  readonly keys: readonly StageKey[];
  readonly drafts: readonly FoundDraft[];
  /** Keys whose checkpoint is kept, in order. */
  readonly checkpoints: readonly StageKey[];
  /** Relative paths of what the store did not put there. Nothing reads it, and nothing removes it. */
  readonly strays: readonly string[];
}

/** An artifact in the making, or on its way out. */
export interface FoundDraft {
  /** Absolute path. */
  readonly directory: string;
  readonly owner: ProcessIdentity;
  /** Whether its process lives; that of a dead one is of no use to anybody. */
  readonly isAlive: boolean;
}

/** What stands at a key's place. */
export interface Shelved {
  readonly key: StageKey;
  readonly found: Exclude<Lookup, { state: 'miss' }>;
  /** Of its files. */
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly made: number;
}

/** Writes nothing. The folder need not be there. */
export async function takeInventory(store: string): Promise<Inventory> {
  const keys: StageKey[] = [];
  const strays: string[] = [];
  for (const name of await namesIn(store)) {
    if (['drafts', 'locks', 'checkpoints'].includes(name)) continue;
    if (!/^[0-9a-f]{2}$/.test(name)) strays.push(name);
    else {
      for (const inside of await namesIn(join(store, name))) {
        if (isDigest(inside) && inside.startsWith(name)) keys.push(inside as StageKey);
        else strays.push(join(name, inside));
      }
    }
  }
  const drafts: FoundDraft[] = [];
  for (const name of await namesIn(draftsIn(store))) {
    const owner = ownerOf(name);
    if (owner === undefined) strays.push(join('drafts', name));
    else drafts.push({ directory: join(draftsIn(store), name), owner, isAlive: isAlive(owner) });
  }
  const checkpoints: StageKey[] = [];
  for (const name of await namesIn(checkpointsIn(store))) {
    if (isDigest(name)) checkpoints.push(name as StageKey);
    else strays.push(join('checkpoints', name));
  }
  return { keys: keys.sort(), drafts, checkpoints: checkpoints.sort(), strays: strays.sort() };
}

/** What stands at the key's place by the look that a plan takes; undefined where nothing does any more. */
export async function shelved(store: string, key: StageKey): Promise<Shelved | undefined> {
  const directory = directoryOf(store, key);
  const found = await peekStore(store).lookup(key);
  const made = await timeOf(directory);
  if (found.state === 'miss' || made === undefined) return undefined;
  const bytes =
    found.state === 'hit'
      ? found.artifact.files.reduce((sum, file) => sum + file.bytes, 0)
      : await bytesIn(directory);
  return { key, found, bytes, made };
}

/** When the artifact was completed, or the checkpoint saved, in milliseconds since the epoch; undefined where nothing is. */
export async function timeOf(directory: string): Promise<number | undefined> {
  // Without a marker, the time of the folder's last change: each saving of a checkpoint is one.
  for (const path of [join(directory, markerFile), directory]) {
    try {
      return (await lstat(path)).mtimeMs;
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw error;
    }
  }
  return undefined;
}

/** Sizes of all files below a folder, as far as they are still there. */
export async function bytesIn(directory: string): Promise<number> {
  let bytes = 0;
  const entries = await tolerant(readdir(directory, { recursive: true, withFileTypes: true }), []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    bytes += await tolerant(
      lstat(join(entry.parentPath, entry.name)).then(({ size }) => size),
      0,
    );
  }
  return bytes;
}

function namesIn(directory: string): Promise<readonly string[]> {
  return tolerant(readdir(directory), []);
}

/** Things vanish while others work in the store; and a file where a folder belongs holds nothing. */
async function tolerant<Value>(reading: Promise<Value>, otherwise: Value): Promise<Value> {
  try {
    return await reading;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return otherwise;
    throw error;
  }
}

import { rm } from 'node:fs/promises';

import { tryAcquire } from '../files/process-lock.js';
import type { ProcessIdentity } from '../files/process-identity.js';
import type { StageKey } from '../plan/types.js';
import { faultsIn } from './faults.js';
import { checkpointOf, directoryOf, lockOf, moveAside } from './layout.js';
import { readMarker } from './marker.js';

/**
 * Everything that is wrong with what stands at the key's place; nothing where it is whole, or gone.
 * @param onRead Told of the bytes of each file that has been compared with its digest.
 */
export async function inspect(
  store: string,
  key: StageKey,
  onRead?: (bytes: number) => void,
): Promise<readonly string[]> {
  const directory = directoryOf(store, key);
  const reading = readMarker(directory, key);
  if (reading.state === 'absent') return [];
  if (reading.state === 'damaged') return [reading.reason];
  const faults: string[] = [];
  for await (const fault of faultsIn(directory, reading.marker.files, onRead)) faults.push(fault);
  if (faults.length === 0) return [];
  // Another process may have replaced or removed the artifact meanwhile, and its files with it.
  const now = readMarker(directory, key);
  if (now.state === 'absent') return [];
  const isSame = now.state === 'read' && JSON.stringify(now.marker) === JSON.stringify(reading.marker);
  return isSame || now.state === 'damaged' ? faults : inspect(store, key, onRead);
}

export type Repair =
  | { readonly state: 'removed' }
  /** Whole by now, or gone. */
  | { readonly state: 'mended' }
  | { readonly state: 'in_use'; readonly owner: ProcessIdentity };

/** Removes what stands at the key's place if it is damaged and nobody works on it, so that its stage runs again. */
export function removeDamaged(store: string, key: StageKey): Promise<Repair> {
  return removeIf(store, key, directoryOf(store, key), async () => (await inspect(store, key)).length > 0);
}

/**
 * Removes the key's checkpoint if it is damaged and nobody works on it, so that its stage starts from the beginning.
 * @param isDamaged What is in a checkpoint, the store does not know.
 */
export function removeDamagedCheckpoint(
  store: string,
  key: StageKey,
  isDamaged: () => Promise<boolean>,
): Promise<Repair> {
  return removeIf(store, key, checkpointOf(store, key), isDamaged);
}

async function removeIf(
  store: string,
  key: StageKey,
  directory: string,
  isDamaged: () => Promise<boolean>,
): Promise<Repair> {
  const attempt = await tryAcquire(lockOf(store, key));
  if (attempt.state === 'taken') return { state: 'in_use', owner: attempt.owner };
  let aside: string | undefined;
  try {
    if (await isDamaged()) aside = await moveAside(store, directory);
  } finally {
    await attempt.release();
  }
  if (aside === undefined) return { state: 'mended' };
  await rm(aside, { recursive: true, force: true });
  return { state: 'removed' };
}

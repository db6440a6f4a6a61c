import { readdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { isDigest } from '../base/digest.js';
import { invariant } from '../base/invariant.js';
import { syncFolder } from '../files/atomic-write.js';
import { makeFolder } from '../files/make-folder.js';
import { ownedName } from '../files/process-identity.js';
import { tryAcquire, whenFree } from '../files/process-lock.js';
import type { StageKey } from '../plan/types.js';
import { contentsOf, describeDurably, statFault } from './contents.js';
import type { Artifact, Cache, Draft, Lookup, Reservation } from './contract.js';
import { faultsIn } from './faults.js';
import { checkpointOf, checkpointsIn, directoryOf, draftsIn, lockOf, moveAside, moveInto } from './layout.js';
import { removeLeavings } from './leavings.js';
import { artifactOf, markerFile, markerOf, readMarker, writeMarker } from './marker.js';

/**
 * The cache as a folder (`layout.ts` says what is where).
 *
 * An artifact appears by one rename of a complete, synced draft and disappears by one rename back among the
 * drafts, so that a process killed at any moment leaves either all of it or nothing. What it leaves among the
 * drafts is removed when the store is opened next.
 */
export async function openStore(folder: string): Promise<Cache> {
  const store = new Store(resolve(folder));
  await store.prepare();
  return store;
}

/** Looks into a cache, which need not be there, and leaves no trace. */
export function peekStore(folder: string): Pick<Cache, 'lookup'> {
  return new Store(resolve(folder));
}

class Store implements Cache {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes the folders, and removes what dead processes left. */
  async prepare(): Promise<void> {
    for (const folder of [draftsIn(this.folder), checkpointsIn(this.folder)]) await makeFolder(folder);
    await removeLeavings(this.folder);
    await this.removeOldCheckpoints();
  }

  async lookup(key: StageKey): Promise<Lookup> {
    const directory = this.directoryOf(key);
    const reading = readMarker(directory, key);
    if (reading.state === 'absent') return { state: 'miss' };
    if (reading.state === 'damaged') return reading;
    for (const file of reading.marker.files) {
      const reason = await statFault(directory, file);
      if (reason !== undefined) return this.damaged(key, reason);
    }
    return { state: 'hit', artifact: artifactOf(directory, reading.marker) };
  }

  async verify(artifact: Artifact): Promise<Lookup> {
    const { key, directory, files } = artifact;
    const reading = readMarker(directory, key);
    if (reading.state === 'absent') return { state: 'miss' };
    if (reading.state === 'damaged') return reading;
    for await (const reason of faultsIn(directory, files)) return this.damaged(key, reason);
    return { state: 'hit', artifact };
  }

  /** Damage, unless another process removed the artifact while we looked, and its files with it. */
  private damaged(key: StageKey, reason: string): Lookup {
    const { state } = readMarker(this.directoryOf(key), key);
    return state === 'absent' ? { state: 'miss' } : { state: 'damaged', reason };
  }

  async begin(key: StageKey): Promise<Draft> {
    const directory = join(this.drafts, ownedName());
    await makeFolder(directory);
    return {
      directory,
      commit: (seconds, existing = 'keep') => this.commit(key, directory, seconds, existing),
      discard: () => rm(directory, { recursive: true, force: true }),
    };
  }

  async remove(key: StageKey): Promise<void> {
    await this.dispose(this.directoryOf(key));
  }

  checkpointOf(key: StageKey): string {
    return checkpointOf(this.folder, key);
  }

  async removeCheckpoint(key: StageKey): Promise<void> {
    await this.dispose(this.checkpointOf(key));
  }

  reserve(key: StageKey): Promise<Reservation> {
    return tryAcquire(lockOf(this.folder, key));
  }

  whenFree(key: StageKey, signal: AbortSignal): Promise<void> {
    return whenFree(lockOf(this.folder, key), { signal });
  }

  private async commit(
    key: StageKey,
    draft: string,
    seconds: number,
    existing: 'keep' | 'replace',
  ): Promise<Artifact> {
    const marker = await this.seal(key, draft, seconds);
    const directory = this.directoryOf(key);
    await makeFolder(dirname(directory));
    for (;;) {
      if (await moveInto(directory, draft)) {
        // Side by side: a disk writes both in hardly more time than one.
        await Promise.all([syncFolder(dirname(directory)), syncFolder(this.folder)]);
        return artifactOf(directory, marker);
      }
      const found = await this.lookup(key);
      const stays =
        found.state === 'hit' &&
        (existing === 'keep' ||
          (found.artifact.digest === marker.digest && (await this.verify(found.artifact)).state === 'hit'));
      if (stays) {
        await rm(draft, { recursive: true, force: true });
        return found.artifact;
      }
      await this.dispose(directory);
    }
  }

  /** Makes the draft complete and durable where it lies: contents first, the marker last. */
  private async seal(key: StageKey, draft: string, seconds: number) {
    const { files, folders, others } = await contentsOf(draft);
    invariant(others.length === 0, `${others.join()} in ${draft} is neither a file nor a folder`);
    invariant(!files.includes(markerFile), `a stage wrote ${markerFile}, which is the store's own`);
    const described = [];
    for (const path of files) described.push(await describeDurably(draft, path));
    for (const path of folders) await syncFolder(join(draft, path));
    const marker = markerOf(key, seconds, described);
    await writeMarker(draft, marker);
    return marker;
  }

  /** Removes a folder in one step as seen from outside, if it is there. */
  private async dispose(directory: string): Promise<void> {
    const aside = await moveAside(this.folder, directory);
    if (aside !== undefined) await rm(aside, { recursive: true, force: true });
  }

  /** Those of artifacts that were finished by a process that did not live to remove them. */
  private async removeOldCheckpoints(): Promise<void> {
    for (const key of (await readdir(checkpointsIn(this.folder))).filter(isDigest)) {
      const produced = key as StageKey;
      if (readMarker(this.directoryOf(produced), produced).state !== 'read') continue;
      // Whoever makes the artifact once more needs it.
      const reservation = await this.reserve(produced);
      if (reservation.state === 'taken') continue;
      await this.removeCheckpoint(produced);
      await reservation.release();
    }
  }

  private get drafts(): string {
    return draftsIn(this.folder);
  }

  private directoryOf(key: StageKey): string {
    return directoryOf(this.folder, key);
  }
}

import { open, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { errorCode, tolerating } from './file-errors.js';
import { makeFolder } from './make-folder.js';
import { isAlive, isSameProcess, ownedName, ownerOf, type ProcessIdentity } from './process-identity.js';

/*
 * A lock is a folder of claims, empty files whose names say which process made them. A process holds the lock
 * when, having placed its claim, it then sees no other living one; else it takes its claim back and waits.
 * Of two that place claims at the same time, the one that looks later sees the other's: never do both hold.
 * Claims of dead processes do not count, and anybody may remove them at any time, because no name is ever used
 * again. So there is no moment at which breaking a dead owner's lock could break a living one's.
 */

export type Release = () => Promise<void>;

type LockAttempt =
  | { readonly state: 'acquired'; readonly release: Release }
  | { readonly state: 'taken'; readonly owner: ProcessIdentity };

/** Takes the lock if nobody has it. Of two that try at once, both may be told that it is taken. */
export async function tryAcquire(path: string): Promise<LockAttempt> {
  const [holder] = await livingClaims(path);
  if (holder !== undefined) return { state: 'taken', owner: holder.owner };
  const name = await placeClaim(path);
  const release = () => withdrawClaim(path, name);
  let rival: Claim | undefined;
  try {
    rival = (await livingClaims(path)).find((claim) => claim.name !== name);
  } catch (error) {
    await release();
    throw error;
  }
  if (rival === undefined) return { state: 'acquired', release };
  await release();
  return { state: 'taken', owner: rival.owner };
}

/** Who has the lock, or is about to. Writes nothing. */
export async function holderOf(path: string): Promise<ProcessIdentity | undefined> {
  return (await claimsIn(path)).find(({ owner }) => isAlive(owner))?.owner;
}

interface WaitOptions {
  readonly signal?: AbortSignal;
}

interface AcquireOptions extends WaitOptions {
  /** Called once for each owner that has to be waited for. */
  readonly onWait?: (owner: ProcessIdentity) => void;
}

/**
 * Takes the lock, waiting for whoever has it.
 * @throws an error named `AbortError` when the signal is aborted.
 */
export async function acquire(path: string, { onWait, signal }: AcquireOptions = {}): Promise<Release> {
  let told: ProcessIdentity | undefined;
  for (;;) {
    const attempt = await tryAcquire(path);
    if (attempt.state === 'acquired') return attempt.release;
    if (told === undefined || !isSameProcess(told, attempt.owner)) {
      told = attempt.owner;
      onWait?.(told);
    }
    await whenFree(path, { ...(signal && { signal }) });
  }
}

/**
 * Waits until nobody has the lock, at least for a moment that differs from caller to caller.
 * @throws an error named `AbortError` when the signal is aborted.
 */
export async function whenFree(path: string, { signal }: WaitOptions = {}): Promise<void> {
  do {
    // Waiters that went off together would place their claims together, and all back off, again and again.
    await delay(25 + 75 * Math.random(), undefined, { ...(signal && { signal }) });
  } while ((await livingClaims(path)).length > 0);
}

/** Removes what dead processes have left of the lock. */
export async function tidyLock(path: string): Promise<void> {
  if ((await livingClaims(path)).length === 0) await removeEmpty(path);
}

interface Claim {
  readonly name: string;
  readonly owner: ProcessIdentity;
}

/** Removes those of the dead. */
async function livingClaims(path: string): Promise<readonly Claim[]> {
  const living: Claim[] = [];
  for (const claim of await claimsIn(path)) {
    if (isAlive(claim.owner)) living.push(claim);
    else await rm(join(path, claim.name), { force: true });
  }
  return living;
}

async function claimsIn(path: string): Promise<readonly Claim[]> {
  return (await namesIn(path)).flatMap((name) => {
    const owner = ownerOf(name);
    return owner === undefined ? [] : [{ name, owner }];
  });
}

async function placeClaim(path: string): Promise<string> {
  const name = ownedName();
  for (;;) {
    try {
      await makeFolder(path);
      await (await open(join(path, name), 'wx')).close();
      return name;
    } catch (error) {
      // Somebody released the lock just now and removed the empty folder, perhaps while it was being made.
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
}

async function withdrawClaim(path: string, name: string): Promise<void> {
  await rm(join(path, name), { force: true });
  await removeEmpty(path);
}

async function removeEmpty(path: string): Promise<void> {
  await tolerating(['ENOTEMPTY', 'EEXIST', 'ENOENT'], rmdir(path));
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

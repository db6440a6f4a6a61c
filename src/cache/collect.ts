import { rm } from 'node:fs/promises';

import { holderOf, tryAcquire } from '../files/process-lock.js';
import type { StageKey } from '../plan/types.js';
import { timeOf } from './inventory.js';
import { checkpointOf, directoryOf, lockOf, moveAside, moveInto } from './layout.js';
import { readMarker } from './marker.js';

/** What makes an artifact or a checkpoint garbage: that nobody needs it, and that it has been there for a while. */
export interface GarbageRules {
  /** Whether somebody is known to need it. */
  readonly isNeeded: (key: StageKey) => boolean;
  /** The same as of now, asked at the last moment: a run may have begun meanwhile. */
  readonly isNeededNow: (key: StageKey) => Promise<boolean>;
  /** Those made later stay: milliseconds since the epoch. */
  readonly madeBefore: number;
}

/** Why it stays, or that it need not. `gone`: another process removed it first. */
export type Verdict = 'needed' | 'young' | 'in_use' | 'garbage' | 'gone';

/** What would come of the artifact. Writes nothing. */
export function judge(store: string, key: StageKey, rules: GarbageRules): Promise<Verdict> {
  return judgeAt(store, key, directoryOf(store, key), rules);
}

/** The same of the key's checkpoint, which nobody needs once the result is there that it was to lead to. */
export function judgeCheckpoint(store: string, key: StageKey, rules: GarbageRules): Promise<Verdict> {
  return judgeAt(store, key, checkpointOf(store, key), checkpointRules(store, key, rules));
}

async function judgeAt(
  store: string,
  key: StageKey,
  directory: string,
  rules: GarbageRules,
): Promise<Verdict> {
  if ((await holderOf(lockOf(store, key))) !== undefined) return 'in_use';
  const made = await timeOf(directory);
  if (made === undefined) return 'gone';
  if (rules.isNeeded(key)) return 'needed';
  return made >= rules.madeBefore ? 'young' : 'garbage';
}

/**
 * Removes an artifact that was judged garbage, if it still is. The lock of its key keeps producers out meanwhile: a run that finds the
 * artifact gone waits for the lock, looks again, and makes it again or finds it back in its place. A process
 * killed at any moment leaves all of it or nothing.
 */
export function removeGarbage(store: string, key: StageKey, rules: GarbageRules): Promise<Verdict> {
  return removeAt(store, key, directoryOf(store, key), rules);
}

/** The same with the key's checkpoint. */
export function removeGarbageCheckpoint(store: string, key: StageKey, rules: GarbageRules): Promise<Verdict> {
  return removeAt(store, key, checkpointOf(store, key), checkpointRules(store, key, rules));
}

function checkpointRules(store: string, key: StageKey, rules: GarbageRules): GarbageRules {
  const isMade = (): boolean => readMarker(directoryOf(store, key), key).state === 'read';
  if (!isMade()) return rules;
  return {
    isNeeded: () => false,
    // The result may have been removed since.
    isNeededNow: async () => !isMade() && (await rules.isNeededNow(key)),
    madeBefore: Infinity,
  };
}

async function removeAt(
  store: string,
  key: StageKey,
  directory: string,
  rules: GarbageRules,
): Promise<Verdict> {
  const attempt = await tryAcquire(lockOf(store, key));
  if (attempt.state === 'taken') return 'in_use';
  let aside: string | undefined;
  try {
    const made = await timeOf(directory);
    if (made !== undefined && made >= rules.madeBefore) return 'young';
    aside = await moveAside(store, directory);
    if (aside === undefined) return 'gone';
    // A run that wrote down its plan before this moment is seen now; one that does so later finds nothing here.
    if (await rules.isNeededNow(key)) {
      if (await moveInto(directory, aside)) aside = undefined;
      return 'needed';
    }
  } catch (error) {
    // Whether somebody needs it is not known: it stays.
    if (aside !== undefined && (await moveInto(directory, aside))) aside = undefined;
    throw error;
  } finally {
    await attempt.release();
    if (aside !== undefined) await rm(aside, { recursive: true, force: true });
  }
  return 'garbage';
}

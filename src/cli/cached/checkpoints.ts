import { bytesIn, timeOf } from '../../cache/inventory.js';
import { checkpointOf, lockOf } from '../../cache/layout.js';
import { peekStore } from '../../cache/store.js';
import { lookAtCheckpoint, type CheckpointLook } from '../../execute/inspect-checkpoint.js';
import { describeProcess } from '../../files/process-identity.js';
import { holderOf } from '../../files/process-lock.js';
import type { StageKey } from '../../plan/types.js';
import type { Mention, References } from './references.js';

/** A checkpoint with what the records of runs say of its stage. */
export interface ListedCheckpoint {
  readonly key: StageKey;
  readonly look: CheckpointLook;
  /** Of all its files. */
  readonly bytes: number;
  /** When it was saved last: milliseconds since the epoch. */
  readonly saved: number;
  /** Whether the result is there that it was to lead to. */
  readonly isStored: boolean;
  /** The process that works on it, as in `process 1234`. */
  readonly owner: string | undefined;
  /** Absent where no record names its stage. */
  readonly mention?: Mention;
}

/** Undefined where it is gone by now. Writes nothing. */
export async function listedCheckpoint(
  store: string,
  key: StageKey,
  references: References,
): Promise<ListedCheckpoint | undefined> {
  const folder = checkpointOf(store, key);
  const look = await lookAtCheckpoint(folder);
  const bytes = await bytesIn(folder);
  const saved = await timeOf(folder);
  if (saved === undefined) return undefined;
  const holder = await holderOf(lockOf(store, key));
  const mention = references.mentionOf(key);
  return {
    key,
    look,
    bytes,
    saved,
    isStored: (await peekStore(store).lookup(key)).state === 'hit',
    owner: holder && describeProcess(holder),
    ...(mention && { mention }),
  };
}

/** For machines: sizes in bytes, times in ISO 8601. */
export function checkpointJson({ key, look, bytes, saved, isStored, owner, mention }: ListedCheckpoint) {
  return {
    key,
    state: look.state,
    reason: look.state === 'damaged' ? look.reason : null,
    at: look.state === 'whole' ? look.marker.at : null,
    step: look.state === 'whole' ? look.marker.step : null,
    bytes,
    saved: new Date(saved).toISOString(),
    stored: isStored,
    owner: owner ?? null,
    pipeline: mention?.pipeline ?? null,
    stage: mention?.stage ?? null,
    kind: mention?.kind ?? null,
    run: mention?.run ?? null,
    runs: mention?.runs ?? 0,
  };
}

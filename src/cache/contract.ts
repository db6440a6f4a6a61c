import type { Digest } from '../base/digest.js';
import type { ProcessIdentity } from '../files/process-identity.js';
import type { StageKey } from '../plan/types.js';

/**
 * What a stage reported while it worked, a line an event, among the artifact's files. It holds times of day, so
 * it is no part of the artifact's digest: a rerun with the same results has the same digest.
 */
export const eventsFile = 'events.jsonl';

/** A finished stage's files. The marker `artifact.json` beside them is written last and is the only truth. */
export interface Artifact {
  readonly key: StageKey;
  /** Absolute path of the folder that holds the files. */
  readonly directory: string;
  readonly files: readonly ArtifactFile[];
  /** Of all file names and digests but those of `eventsFile`: equal for equal results. */
  readonly digest: Digest;
  /** Wall-clock time that producing it took. */
  readonly seconds: number;
}

export interface ArtifactFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly digest: Digest;
}

/** An artifact in the making, in a folder that no reader looks at. */
export interface Draft {
  /** Absolute path of an empty folder to write into. */
  readonly directory: string;
  /**
   * Makes the draft the artifact of its key, atomically and durably. Where the key has an artifact by then, it
   * is returned and the draft dropped, unless it is to be replaced; and even then it stays if its content is
   * whole and equal, so that nobody who reads it is disturbed.
   *
   * @throws InternalError when the folder holds a link, a device, or a file with one of the store's own names.
   */
  commit(seconds: number, existing?: 'keep' | 'replace'): Promise<Artifact>;
  /** Removes the draft. */
  discard(): Promise<void>;
}

export type Lookup =
  | { readonly state: 'hit'; readonly artifact: Artifact }
  | { readonly state: 'miss' }
  /** Something is there that its marker does not describe; it must be produced again. */
  | { readonly state: 'damaged'; readonly reason: string };

/** Kept until released, or until the process that holds it ends, however that happens. */
export type Reservation =
  | { readonly state: 'acquired'; release(): Promise<void> }
  | { readonly state: 'taken'; readonly owner: ProcessIdentity };

export interface Cache {
  /**
   * Looks at the marker, and at each file's size and modification time. Content is read only of files whose
   * time alone has changed, as it does when a store is copied or unpacked.
   */
  lookup(key: StageKey): Promise<Lookup>;
  /** Compares every file's content with its digest. */
  verify(artifact: Artifact): Promise<Lookup>;
  begin(key: StageKey): Promise<Draft>;
  /** The sole right to produce the key, among all processes that use the store, if nobody has it. */
  reserve(key: StageKey): Promise<Reservation>;
  /** Waits until nobody produces the key; rejects with an `AbortError` when the signal is aborted. */
  whenFree(key: StageKey, signal: AbortSignal): Promise<void>;
  /**
   * Absolute path of the folder where the stage of the key puts away how far it has come: it need not exist, is on the
   * file system of the drafts, and lasts until it is removed. Only who has reserved the key may write there.
   */
  checkpointOf(key: StageKey): string;
  removeCheckpoint(key: StageKey): Promise<void>;
  /** Forgets the artifact of the key, if there is one. */
  remove(key: StageKey): Promise<void>;
}

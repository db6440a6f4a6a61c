import type { Digest } from '../base/digest.js';
import type { StageKey } from '../plan/types.js';

/** A finished stage's files. The marker `artifact.json` beside them is written last and is the only truth. */
export interface Artifact {
  readonly key: StageKey;
  /** Absolute path of the folder that holds the files. */
  readonly directory: string;
  readonly files: readonly ArtifactFile[];
  /** Of all file names and digests: equal for equal contents. */
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
   * Makes the draft the artifact of its key, atomically and durably. Where another process was first,
   * that one's artifact is returned and the draft dropped.
   */
  commit(seconds: number): Promise<Artifact>;
  /** Removes the draft. */
  discard(): Promise<void>;
}

export type Lookup =
  | { readonly state: 'hit'; readonly artifact: Artifact }
  | { readonly state: 'miss' }
  /** Something is there that its marker does not describe; it must be produced again. */
  | { readonly state: 'damaged'; readonly reason: string };

export interface Cache {
  /** Looks at the marker, and at each file's size and modification time; reads no content. */
  lookup(key: StageKey): Promise<Lookup>;
  /** Compares every file's content with its digest. */
  verify(artifact: Artifact): Promise<Lookup>;
  begin(key: StageKey): Promise<Draft>;
  /** Forgets the artifact of the key, if there is one (forced runs, damaged artifacts). */
  remove(key: StageKey): Promise<void>;
}

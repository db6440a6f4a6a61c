import type { Digest } from '../base/digest.js';
import type { Result } from '../base/result.js';
import type { StageKind } from '../spec/fields.js';
import type { UserSource } from './user-sources.js';
import type { BackendName } from './types.js';

/** What the planner must know beyond the specification. It comes in by argument, so planning is repeatable. */
export interface PlanningWorld {
  readonly backend: BackendName;
  /** Version of the library that computes: of TensorFlow, or of tfjs for the JavaScript backend. */
  readonly backendVersion: string;
  /** For each kind of stage, the digest of the compiled code that implements it and of all that it imports. */
  readonly implementations: Readonly<Record<StageKind, Digest>>;
  /** Digest of the content of a data file, or of the names and contents of a folder's files. */
  readonly digestSource: (source: UserSource) => Promise<Result<Digest, SourceFault>>;
}

export interface SourceFault {
  readonly reason: 'missing' | 'wrong_kind' | 'unreadable' | 'empty';
  /** The operating system's words, where it had some. */
  readonly detail: string;
}

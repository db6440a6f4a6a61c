import type { Digest } from '../base/digest.js';
import type { Result } from '../base/result.js';
import type { BaselineSpec } from '../spec/baseline.js';
import type { BaselineRun, StageKind } from '../spec/fields.js';
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
  /** The runs of a baseline, the latest first. The metric's key, where the file names none, is that of `metric`. */
  readonly readBaseline: ReadBaseline;
}

/** @param metric As in `quality.fid`. */
export type ReadBaseline = (
  baseline: BaselineSpec,
  metric: string,
) => Promise<Result<readonly BaselineRun[], BaselineFault>>;

export interface BaselineFault {
  /** Of the baseline, as in `['mlflow', 'filter']`. */
  readonly field: readonly string[];
  readonly message: string;
  readonly help: string;
}

export interface SourceFault {
  readonly reason: 'missing' | 'wrong_kind' | 'unreadable' | 'empty';
  /** The operating system's words, where it had some. */
  readonly detail: string;
}

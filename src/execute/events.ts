import type { JsonObject } from '../base/json.js';
import type { Artifact } from '../cache/contract.js';
import type { PlannedStage, StageId } from '../plan/types.js';
import type { Divergence, StageEvent } from './contract.js';

/** Everything that happens in a run, in order. Terminal, journal, MLflow and report only consume these. */
export type RunEvent =
  | RunStarted
  | StageStarted
  | StageWaiting
  | StageReported
  | StageRetried
  | StageSucceeded
  | StageEndedDiverged
  | StageFailed
  | StageNotRun
  | ArtifactDamaged
  | MachineSampled
  | RunFinished;

/** Milliseconds since the epoch. */
type Time = number;

export interface RunStarted {
  readonly type: 'run_started';
  readonly time: Time;
  /** `20261123T183501Z-3f9a`: sortable, unique among the runs of one store. */
  readonly run: string;
  readonly pipeline: string;
  readonly desc: string | undefined;
  /** The canonical specification. */
  readonly specification: JsonObject;
  readonly stages: readonly PlannedStage[];
  readonly provenance: Provenance;
}

/** What may change the last bits of a result, or a reader's trust in it, without being in the specification. */
export interface Provenance {
  readonly wassermill: string;
  readonly node: string;
  readonly backend: string;
  readonly tensorflow: string;
  readonly cpu: string;
  /** What TensorFlow chooses its kernels by. Absent in records of earlier versions. */
  readonly instructions?: string;
  readonly cores: number;
  readonly git: { readonly commit: string; readonly branch: string; readonly dirty: boolean } | undefined;
  /** As given on the command line, relative to the working directory. */
  readonly pipelineFile: string;
  /** The frozen plan that was run: as given on the command line, and the digest of its content. */
  readonly lock?: { readonly file: string; readonly digest: string };
  readonly user: string;
}

export interface StageStarted {
  readonly type: 'stage_started';
  readonly time: Time;
  readonly stage: StageId;
}

/** Another process is producing the same; its result will be taken. */
export interface StageWaiting {
  readonly type: 'stage_waiting';
  readonly time: Time;
  readonly stage: StageId;
  /** As in `process 1234`. */
  readonly owner: string;
}

export interface StageReported {
  readonly type: 'stage_reported';
  readonly stage: StageId;
  readonly event: StageEvent;
}

export interface StageSucceeded {
  readonly type: 'stage_succeeded';
  readonly time: Time;
  readonly stage: StageId;
  /** True where the cache had it; its recorded events precede this one all the same. */
  readonly cached: boolean;
  readonly artifact: Artifact;
}

/** A training diverged, which its specification calls a result: it is kept, and nothing is computed from it. */
export interface StageEndedDiverged {
  readonly type: 'stage_diverged';
  readonly time: Time;
  readonly stage: StageId;
  readonly cached: boolean;
  readonly artifact: Artifact;
  readonly divergence: Divergence;
}

export interface StageFailed {
  readonly type: 'stage_failed';
  readonly time: Time;
  readonly stage: StageId;
  readonly failure: StageFailure;
}

export type StageFailure =
  | {
      readonly reason: 'problem';
      readonly message: string;
      readonly field: readonly (string | number)[];
      readonly help: string | undefined;
    }
  /** A training, whose specification says that it fails then. */
  | { readonly reason: 'diverged'; readonly divergence: Divergence }
  | { readonly reason: 'interrupted' }
  /** Stopped because another stage had failed, in a run that ends then (`kill`). */
  | { readonly reason: 'stopped'; readonly failed: StageId }
  /** Stopped after the longest time that one attempt may take. */
  | { readonly reason: 'timed_out'; readonly seconds: number; readonly lastLines: readonly string[] }
  /** The program of a command stage ended with another exit code than 0, or by a signal that we did not send. */
  | {
      readonly reason: 'command_failed';
      readonly exit: { readonly code: number } | { readonly signal: string };
      readonly lastLines: readonly string[];
    }
  /** The machine refused what the stage needs: a full disk, a folder that may not be written. */
  | { readonly reason: 'system'; readonly message: string; readonly help: string }
  /** A worker was killed by a signal that we did not send (SIGKILL is most often the kernel, out of memory). */
  | { readonly reason: 'killed'; readonly signal: string; readonly lastLines: readonly string[] }
  /** An exception: ours, or a library's. */
  | { readonly reason: 'crashed'; readonly message: string; readonly lastLines: readonly string[] };

/** An attempt failed, and another follows; what the failed one reported does not count. */
export interface StageRetried {
  readonly type: 'stage_retried';
  readonly time: Time;
  readonly stage: StageId;
  /** Of the attempt that failed, counted from 1. */
  readonly attempt: number;
  readonly failure: StageFailure;
  /** Seconds until the next attempt. */
  readonly delay: number;
}

export interface StageNotRun {
  readonly type: 'stage_not_run';
  readonly time: Time;
  readonly stage: StageId;
  /**
   * `failed`: a stage that it depends on, through others too. `stopped`: nothing was started any more after that stage had
   * failed. `diverged`: a training, as a result, that it reads, through others too. `refused`: a gate that it waits for, and that
   * did not pass.
   */
  readonly because:
    | { readonly failed: StageId }
    | { readonly stopped: StageId }
    | { readonly diverged: StageId }
    | { readonly refused: StageId }
    | 'interrupted';
}

export interface ArtifactDamaged {
  readonly type: 'artifact_damaged';
  readonly time: Time;
  readonly stage: StageId;
  readonly reason: string;
}

/** How busy the machine was, now and then; whatever else runs on it counts, too. */
export interface MachineSampled {
  readonly type: 'machine_sampled';
  readonly time: Time;
  /** By MLflow's names of system metrics, as in `cpu_utilization_percentage`. */
  readonly values: Readonly<Record<string, number>>;
}

export interface RunFinished {
  readonly type: 'run_finished';
  readonly time: Time;
  readonly outcome: RunOutcome;
}

/** `refused`: nothing went wrong, and some gate did not hold; `inconclusive`: none was broken, and some could not decide. */
export type RunOutcome = 'succeeded' | 'failed' | 'refused' | 'inconclusive' | 'interrupted';

/** Whether every stage came to what it comes to, whatever that is. */
export function isThrough(outcome: RunOutcome | undefined): boolean {
  return outcome === 'succeeded' || outcome === 'refused' || outcome === 'inconclusive';
}

import type { StageId } from '../plan/types.js';
import type { StageNotRun } from './events.js';
import { StoppedByFailure } from './stop.js';

/**
 * What happens to the rest of a run when a stage has failed for good. Stages that depend on it are not run in any mode.
 * `continue`: all others go on; `stop`: nothing new starts, and what runs may end; `kill`: what runs is stopped, too.
 */
export const failureModes = ['stop', 'continue', 'kill'] as const;
export type FailureMode = (typeof failureModes)[number];

/** Whether a run may still start stages, and whether those that run may go on. */
export class RunLimits {
  /** Aborted when no attempt may begin any more; ends waits for one. */
  readonly starting: AbortSignal;
  /** Aborted when attempts that are under way are to be stopped. */
  readonly working: AbortSignal;
  private readonly mode: FailureMode;
  private readonly interruption: AbortSignal;
  private readonly noStart = new AbortController();
  private readonly noWork = new AbortController();
  private failed: StageId | undefined;

  /** @param interruption Aborted when the user asks the run to stop. */
  constructor(mode: FailureMode, interruption: AbortSignal) {
    this.mode = mode;
    this.interruption = interruption;
    this.starting = AbortSignal.any([interruption, this.noStart.signal]);
    this.working = AbortSignal.any([interruption, this.noWork.signal]);
  }

  /** Takes note that a stage has failed for good. Only the first one counts. */
  noteFailure(stage: StageId): void {
    if (this.mode === 'continue' || this.failed !== undefined) return;
    this.failed = stage;
    const reason = new StoppedByFailure(stage);
    this.noStart.abort(reason);
    if (this.mode === 'kill') this.noWork.abort(reason);
  }

  /** Why nothing new may start; undefined where it may. */
  get refusal(): Exclude<StageNotRun['because'], { failed: StageId }> | undefined {
    if (this.failed !== undefined) return { stopped: this.failed };
    return this.interruption.aborted ? 'interrupted' : undefined;
  }
}

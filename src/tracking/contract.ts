import type { RunEvent } from '../execute/events.js';

/** Something that is told of every event of a run, in order. */
export interface TrackingSink {
  accept(event: RunEvent): void;
  /** Everything accepted is where it belongs, or a problem is named. A tracking problem never fails a run. */
  close(): Promise<TrackingOutcome>;
}

export interface TrackingOutcome {
  /** What a user can do with it, as in `cd runs/mlflow && mlflow ui`. */
  readonly hint: string | undefined;
  readonly problems: readonly string[];
  /** What a user should know though nothing is missing. */
  readonly notes: readonly string[];
}

import type { RunEvent, StageFailure } from '../../execute/events.js';
import type { RunRecord } from '../../execute/record.js';
import type { StageId } from '../../plan/types.js';
import type { Look } from './look.js';

/** Shows a run while it goes on. */
export interface RunDisplay {
  /** Takes the run's events in order. */
  readonly show: (event: RunEvent) => void;
  /** Prints a line that is no event of the run's, where it does not disturb what is shown. */
  readonly say: (line: string) => void;
  /** Ends the display with what came of the run. Nothing may be shown after it. */
  readonly finish: (summary: RunSummary) => void;
  /** Ends the display without a summary, and leaves the terminal as it was. Harmless after `finish`. */
  readonly close: () => void;
}

export interface RunSummary {
  readonly record: RunRecord;
  /** What stands below the numbers: where the report and MLflow are. */
  readonly lines: readonly string[];
  /** What did not work out, though the run did. */
  readonly warnings: readonly string[];
}

/** A located diagnostic for a failure that lies in the user's file, rendered for this stream. */
export type RenderProblem = (
  stage: StageId,
  failure: Extract<StageFailure, { reason: 'problem' }>,
) => string | undefined;

/** What the displays for people draw with. */
export interface DrawingOptions {
  readonly stream: NodeJS.WriteStream;
  readonly look: Look;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly renderProblem: RenderProblem;
}

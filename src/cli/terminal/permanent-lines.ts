import { formatDuration } from '../../base/format.js';
import type { RunEvent } from '../../execute/events.js';
import { explainFailure } from '../../report/failure.js';
import type { RenderProblem } from './contract.js';
import type { Look } from './look.js';
import { stageOf, type RunProgress } from './progress-model.js';
import { endLine, failureLines, nameColumn, startLine } from './stage-lines.js';
import { oneLine } from './text.js';

/** The lines that an event leaves for good: in a terminal above those that are redrawn, in a log as they are. */
export function permanentLines(
  progress: RunProgress,
  event: RunEvent,
  width: number,
  look: Look,
  renderProblem: RenderProblem,
): readonly string[] {
  switch (event.type) {
    case 'run_started':
      return [look.colour.dim(startLine(event, width, look))];
    case 'stage_succeeded':
    case 'stage_diverged':
    case 'stage_failed':
    case 'stage_not_run': {
      const stage = stageOf(progress, event.stage);
      const line = endLine(stage, nameColumn(progress.stages.values()), width, look);
      return [line, ...failureLines(stage, renderProblem, width, look)];
    }
    case 'stage_reported': {
      // A cached stage's remarks were made, and read, when it ran.
      const running = stageOf(progress, event.stage).state.name === 'running';
      if (event.event.type !== 'note' || !running) return [];
      return [`${look.symbols.warning} ${oneLine(`${event.stage}: ${event.event.message}`)}`];
    }
    case 'stage_waiting':
      return [look.colour.dim(oneLine(`${event.stage}: waiting for ${event.owner}, which is making it`))];
    case 'stage_retried': {
      const { stage, attempt, failure, delay } = event;
      const what = `${stage}: attempt ${attempt} ${explainFailure(failure).verb}; the next begins in ${formatDuration(delay)}`;
      return [look.colour.yellow(`${look.symbols.warning} ${oneLine(what)}`)];
    }
    case 'artifact_damaged': {
      const what = oneLine(`${event.stage}: its stored result is damaged (${event.reason}); it runs again`);
      return [look.colour.yellow(`${look.symbols.warning} ${what}`)];
    }
    case 'stage_started':
    case 'machine_sampled':
    case 'run_finished':
      return [];
  }
}

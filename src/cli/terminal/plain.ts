import { required } from '../../base/invariant.js';
import type { StageId } from '../../plan/types.js';
import type { DrawingOptions, RunDisplay } from './contract.js';
import { isDue, type Milestone } from './milestones.js';
import { permanentLines } from './permanent-lines.js';
import { advance, nothingYet, stageOf } from './progress-model.js';
import { progressText, shareOf } from './stage-lines.js';
import { summaryLines } from './summary.js';
import { oneLine } from './text.js';

/** A log is read in viewers of all widths, which wrap for themselves. */
const width = 1000;

/** For logs and pipes: lines that stay, at each stage's start and end and now and then between. */
export function createPlainDisplay(
  { stream, look, now, renderProblem }: DrawingOptions,
  say: RunDisplay['say'],
): RunDisplay {
  let progress = nothingYet;
  const milestones = new Map<StageId, Milestone>();
  const print = (lines: readonly string[]) => {
    for (const line of lines) stream.write(look.spell(`${line}\n`));
  };

  return {
    show: (event) => {
      const time = now();
      progress = advance(progress, event, time);
      print(permanentLines(progress, event, width, look, renderProblem));
      if (event.type === 'stage_started') {
        milestones.set(event.stage, { time, share: 0 });
        print([oneLine(`${event.stage}: started`)]);
      }
      if (event.type === 'stage_reported' && event.event.type === 'progress') {
        const stage = stageOf(progress, event.stage);
        const share = shareOf(required(stage.work, 'reported work'));
        const last = required(milestones.get(event.stage), `start of stage ${event.stage}`);
        // The end has a line of its own.
        if (share < 1 && isDue(last, share, time)) {
          milestones.set(event.stage, { time, share });
          print([progressText(stage)]);
        }
      }
    },
    say,
    finish: (summary) => print(summaryLines(summary, width, look)),
    close: () => undefined,
  };
}

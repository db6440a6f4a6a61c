import { createLogUpdate } from 'log-update';

import { formatDuration, plural } from '../../base/format.js';
import { widthOf } from '../terminal-features.js';
import type { DrawingOptions, RunDisplay } from './contract.js';
import type { Look } from './look.js';
import { permanentLines } from './permanent-lines.js';
import { advance, nothingYet, type RunProgress } from './progress-model.js';
import { nameColumn, runningLine } from './stage-lines.js';
import { summaryLines } from './summary.js';
import { drawWorkLine } from './work-line.js';

/** Between two frames, in milliseconds: faster is not seen, and costs the training time. */
const framePeriod = 125;

/**
 * For a terminal: a line for each running stage, redrawn, and above it the lines of those that have ended. The
 * cursor is hidden meanwhile; it comes back at the end and at any exit that a process can see.
 */
export function createLiveDisplay({ stream, look, now, renderProblem }: DrawingOptions): RunDisplay {
  const block = createLogUpdate(stream);
  let progress = nothingYet;
  let drawn = false;
  let ended = false;

  const draw = () => {
    const frame = liveFrame(progress, usableWidth(stream), now(), look);
    if (frame.length === 0 && !drawn) return;
    drawn = frame.length > 0;
    if (drawn) block(look.spell(frame.join('\n')));
    else block.clear();
  };
  const print = (lines: readonly string[]) => {
    if (lines.length === 0) return;
    if (drawn) block.clear();
    drawn = false;
    stream.write(look.spell(`${lines.join('\n')}\n`));
    draw();
  };
  // Not a reason to stay alive: a process that has nothing else to do may end.
  const timer = setInterval(draw, framePeriod).unref();
  const close = () => {
    if (ended) return;
    ended = true;
    clearInterval(timer);
    if (drawn) block.clear();
    block.done();
  };

  return {
    show: (event) => {
      progress = advance(progress, event, now());
      print(permanentLines(progress, event, usableWidth(stream), look, renderProblem));
    },
    say: (line) => print([line]),
    finish: (summary) => {
      close();
      stream.write(look.spell(`${summaryLines(summary, usableWidth(stream), look).join('\n')}\n`));
    },
    close,
  };
}

/** One cell less than there is: a full line makes some terminals go on to the next. */
function usableWidth(stream: NodeJS.WriteStream): number {
  return Math.max(20, widthOf(stream) - 1);
}

/** The lines that are redrawn: one for each running stage, and the whole run's. */
export function liveFrame(progress: RunProgress, width: number, time: number, look: Look): readonly string[] {
  const stages = [...progress.stages.values()];
  const running = stages.filter((stage) => stage.state.name === 'running');
  if (running.length === 0 || progress.outcome !== undefined) return [];
  const nameWidth = nameColumn(running);
  const ended = stages.filter(({ state }) => state.name !== 'running' && state.name !== 'waiting').length;
  const elapsed = formatDuration((time - progress.started) / 1000);
  return [
    ...running.map((stage) => drawWorkLine(runningLine(stage, nameWidth), width, time, look)),
    look.colour.dim(`  ${ended} of ${plural(stages.length, 'stage')}, ${elapsed}`),
  ];
}

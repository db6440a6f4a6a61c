import { createLogUpdate } from 'log-update';

import { formatBytes, formatDuration, formatPercent } from '../../base/format.js';
import type { SetupProgress } from '../../native/progress.js';
import type { Surroundings } from '../surroundings.js';
import { widthOf } from '../terminal-features.js';
import { isLive, lookOf, type Look } from './look.js';
import { isDue, type Milestone } from './milestones.js';
import { advancePace, rateOf, secondsLeft, startPace, type Pace } from './pace.js';
import { oneLine } from './text.js';
import { drawWorkLine } from './work-line.js';

/** Shows the set-up of the native backend. */
export interface SetupDisplay {
  readonly report: (progress: SetupProgress) => void;
  /** Leaves the terminal as it was; to be called whatever came of the set-up. */
  readonly close: () => void;
}

/** What is said of a phase. */
interface Phase {
  readonly name: string;
  readonly done: number;
  /** In bytes; undefined where a phase has no measure. */
  readonly total: number | undefined;
}

const title = 'TensorFlow';

/** On standard error: standard output is the run's, and may be read by a program. */
export function createSetupDisplay({ stderr, environment, now }: Surroundings): SetupDisplay {
  const look = lookOf(stderr, environment);
  return isLive(stderr, environment) ? liveSetup(stderr, look, now) : plainSetup(stderr, look, now);
}

export function liveSetup(stream: NodeJS.WriteStream, look: Look, now: () => number): SetupDisplay {
  const line = createLogUpdate(stream);
  let phase: Phase | undefined;
  let pace: Pace | undefined;
  const draw = () => {
    if (phase === undefined) return;
    line(look.spell(setupLine(phase, pace, Math.max(20, widthOf(stream) - 1), now(), look)));
  };
  const timer = setInterval(draw, 125).unref();
  let ended = false;
  const close = () => {
    if (ended) return;
    ended = true;
    clearInterval(timer);
    if (phase !== undefined) line.clear();
    line.done();
  };
  return {
    report: (progress) => {
      if (progress.phase === 'done') {
        close();
        stream.write(look.spell(`${look.colour.green(look.symbols.done)} ${doneText(progress.seconds)}\n`));
        return;
      }
      const next = phaseOf(progress);
      pace =
        next.name === phase?.name && pace !== undefined
          ? advancePace(pace, next.done, now())
          : startPace(next.done, now());
      const isNew = next.name !== phase?.name;
      phase = next;
      // Reports come thousands a second; the timer draws the rest.
      if (isNew) draw();
    },
    close,
  };
}

export function plainSetup(stream: NodeJS.WriteStream, look: Look, now: () => number): SetupDisplay {
  let name: string | undefined;
  let last: Milestone = { time: 0, share: 0 };
  const print = (text: string) => void stream.write(look.spell(`${title}: ${text}\n`));
  return {
    report: (progress) => {
      if (progress.phase === 'done') {
        stream.write(look.spell(`${doneText(progress.seconds)}\n`));
        return;
      }
      const phase = phaseOf(progress);
      const share = shareOf(phase);
      if (phase.name !== name) {
        name = phase.name;
        last = { time: now(), share: share ?? 0 };
        print(phase.total === undefined ? phase.name : `${phase.name} (${formatBytes(phase.total)})`);
      } else if (share !== undefined && share < 1 && isDue(last, share, now())) {
        last = { time: now(), share };
        print(`${phase.name} ${formatPercent(share)} (${measure(phase)})`);
      }
    },
    close: () => undefined,
  };
}

function phaseOf(progress: Exclude<SetupProgress, { phase: 'done' }>): Phase {
  switch (progress.phase) {
    case 'waiting':
      return {
        name: oneLine(`waiting for ${progress.owner}, which sets it up already`),
        done: 0,
        total: undefined,
      };
    case 'download':
      return { name: 'downloading', done: progress.received, total: progress.total };
    case 'verify':
      return { name: 'checking the digest', done: 0, total: undefined };
    case 'extract':
      return { name: 'unpacking', done: progress.done, total: progress.total };
    case 'compile':
      return { name: 'compiling the add-on', done: 0, total: undefined };
  }
}

function setupLine(phase: Phase, pace: Pace | undefined, width: number, time: number, look: Look): string {
  const rate = pace === undefined || phase.total === undefined ? undefined : rateOf(pace);
  const speed = rate === undefined ? undefined : `${formatBytes(rate)}/s`;
  const name = `${title}: ${phase.name}`;
  return drawWorkLine(
    {
      name,
      nameWidth: name.length,
      share: shareOf(phase),
      rate: speed,
      shortRate: speed,
      secondsLeft:
        pace === undefined || phase.total === undefined ? undefined : secondsLeft(pace, phase.total),
      tail: phase.total === undefined ? undefined : `of ${formatBytes(phase.total)}`,
    },
    width,
    time,
    look,
  );
}

function shareOf({ done, total }: Phase): number | undefined {
  return total === undefined || total <= 0 ? undefined : Math.min(1, done / total);
}

function measure({ done, total }: Phase): string {
  return total === undefined ? '' : `${formatBytes(done)} of ${formatBytes(total)}`;
}

function doneText(seconds: number): string {
  return `${title} is set up, in ${formatDuration(seconds)}`;
}

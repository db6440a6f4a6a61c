import { createLogUpdate } from 'log-update';

import { formatBytes } from '../../base/format.js';
import type { Surroundings } from '../surroundings.js';
import { widthOf } from '../terminal-features.js';
import { isLive, lookOf } from './look.js';
import { advancePace, rateOf, secondsLeft, startPace } from './pace.js';
import { drawWorkLine } from './work-line.js';

/** Shows how far a reading of many bytes has come. */
export interface ByteProgress {
  readonly add: (bytes: number) => void;
  /** Leaves the terminal as it was. */
  readonly close: () => void;
}

/** On standard error, where that is a terminal that can redraw a line; elsewhere it says nothing. */
export function createByteProgress(
  name: string,
  total: number,
  { stderr, environment, now }: Surroundings,
): ByteProgress {
  if (!isLive(stderr, environment)) return { add: () => undefined, close: () => undefined };
  const look = lookOf(stderr, environment);
  const line = createLogUpdate(stderr);
  let done = 0;
  let pace = startPace(0, now());
  const draw = () => {
    pace = advancePace(pace, done, now());
    const rate = rateOf(pace);
    const shown = rate === undefined ? undefined : `${formatBytes(rate)}/s`;
    const work = {
      name,
      nameWidth: name.length,
      share: total === 0 ? undefined : Math.min(1, done / total),
      rate: shown,
      shortRate: shown,
      secondsLeft: secondsLeft(pace, total),
      tail: undefined,
    };
    line(look.spell(drawWorkLine(work, Math.max(20, widthOf(stderr) - 1), now(), look)));
  };
  const timer = setInterval(draw, 125).unref();
  return {
    add: (bytes) => void (done += bytes),
    close: () => {
      clearInterval(timer);
      line.clear();
      line.done();
    },
  };
}

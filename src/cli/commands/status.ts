import { setTimeout as delay } from 'node:timers/promises';

import { createLogUpdate } from 'log-update';

import { finiteOrWord } from '../../base/finite-or-word.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { RunStates, type Status } from '../status/run-states.js';
import { statusJson } from '../status/status-json.js';
import { statusLines } from '../status/status-lines.js';
import type { Surroundings } from '../surroundings.js';
import { widthOf } from '../terminal-features.js';
import { isLive, lookOf } from '../terminal/look.js';

export interface StatusOptions {
  /** Absolute path of the folder of outputs. */
  readonly runs: string;
  readonly json: boolean;
  /** Looks again and again, until nothing is under way. */
  readonly watch: boolean;
}

/** Milliseconds between two looks. */
const period = 1000;

/** Shows what a look has seen; the last one stays. */
interface Showing {
  readonly look: (seen: Status) => void;
  readonly last: (seen: Status) => void;
}

/** Says which runs are under way and how far they are, and what came of the last ones. Writes nothing. */
export async function status(
  { runs, json, watch }: StatusOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const states = new RunStates(runs, surroundings.now);
  const { look, last } = json ? asJson(surroundings) : asText(surroundings);
  let seen = await states.look();
  while (watch && seen.underWay.length > 0) {
    look(seen);
    await delay(period);
    seen = await states.look();
  }
  last(seen);
  return exitCode.ok;
}

/** A line for each look that has seen something new. */
function asJson({ stdout }: Surroundings): Showing {
  let before = '';
  const look = (seen: Status): void => {
    const line = `${JSON.stringify(statusJson(seen), finiteOrWord)}\n`;
    if (line !== before) stdout.write(line);
    before = line;
  };
  return { look, last: look };
}

/** Redrawn in a terminal; in a log, only the first look and the last. */
function asText({ stdout, environment, now }: Surroundings): Showing {
  const style = lookOf(stdout, environment);
  const textOf = (seen: Status): string => {
    const view = { now: now(), width: Math.max(20, widthOf(stdout) - 1), look: style };
    return style.spell(statusLines(seen, view).join('\n'));
  };
  const write = (text: string): void => void stdout.write(`${text}\n`);
  if (!isLive(stdout, environment)) {
    let isFirst = true;
    return {
      look: (seen) => {
        if (isFirst) write(`${textOf(seen)}\n`);
        isFirst = false;
      },
      last: (seen) => write(textOf(seen)),
    };
  }
  const block = createLogUpdate(stdout);
  return {
    look: (seen) => block(textOf(seen)),
    last: (seen) => {
      block.clear();
      block.done();
      write(textOf(seen));
    },
  };
}

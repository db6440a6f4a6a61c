import type { Surroundings } from '../surroundings.js';
import type { RenderProblem, RunDisplay } from './contract.js';
import { createJsonDisplay } from './json.js';
import { createLiveDisplay } from './live.js';
import { isLive, lookOf } from './look.js';
import { createPlainDisplay } from './plain.js';

export interface DisplayOptions {
  /** One JSON line an event on standard output, and nothing else there. */
  readonly json: boolean;
  readonly renderProblem: RenderProblem;
  /** Standard error carries a log: lines that are redrawn would mix with it. */
  readonly logged: boolean;
}

/** The display for standard output as it is: for machines, for a terminal, or for a log. */
export function createDisplay(surroundings: Surroundings, options: DisplayOptions): RunDisplay {
  const { stdout, stderr, environment, now } = surroundings;
  const say = (line: string) => void stderr.write(`${line}\n`);
  if (options.json) return createJsonDisplay(stdout, say);
  const look = lookOf(stdout, environment);
  const drawing = { stream: stdout, look, now, renderProblem: options.renderProblem };
  return isLive(stdout, environment) && !options.logged
    ? createLiveDisplay(drawing)
    : createPlainDisplay(drawing, say);
}

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
}

/** The display for standard output as it is: for machines, for a terminal, or for a log. */
export function createDisplay(surroundings: Surroundings, options: DisplayOptions): RunDisplay {
  const { stdout, environment, now } = surroundings;
  if (options.json) return createJsonDisplay(stdout);
  const look = lookOf(stdout, environment);
  const drawing = { stream: stdout, look, now, renderProblem: options.renderProblem };
  return isLive(stdout, environment) ? createLiveDisplay(drawing) : createPlainDisplay(drawing);
}

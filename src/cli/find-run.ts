import { err, ok, type Result } from '../base/result.js';
import { nearest } from '../base/suggest.js';
import { shownPath } from '../files/shown-path.js';
import { runIdsIn } from '../tracking/history.js';

/**
 * The run of this name, or the latest where none is named; otherwise what to print.
 * @param runs Absolute path of the folder of outputs.
 */
export async function findRun(
  name: string | undefined,
  runs: string,
  directory: string,
): Promise<Result<string, string>> {
  const names = await runIdsIn(runs);
  const run = name ?? names.at(-1);
  if (run !== undefined && names.includes(run)) return ok(run);
  const shown = shownPath(runs, directory);
  const problem = run === undefined ? `there are no runs in ${shown}` : `there is no run ${run} in ${shown}`;
  const near = nearest(run ?? '', names);
  const help = near === undefined ? '' : `  help: did you mean ${near}?\n`;
  return err(`error: ${problem}\n${help}`);
}
